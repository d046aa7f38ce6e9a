/** Calls operations on the routes of the HTTP+JSON binding (spec 11). */
import type { HttpRoute, Operation } from "../../protocol/index.js";
import type { ClientBinding, WireAnswer, WireCall } from "../client.js";
import { asObject, parseJson, readError, tryParseJson } from "../read-error.js";
import { toQuery, toRoute } from "./routes.js";

const json = "application/a2a+json, application/json";

/** @param base The interface's URL, which all routes are below. */
export function httpJsonClient(base: string): ClientBinding {
  return {
    calls: (operation, request) => operation.routes.map((route) => toCall(base, operation, request, route)),
  };
}

function toCall(base: string, operation: Operation, request: object, route: HttpRoute): WireCall {
  const { verb, path, rest } = toRoute(operation, request, route);
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  const posted = verb === "POST";
  if (!posted) url.search = [url.search.slice(1), toQuery(rest)].filter(Boolean).join("&");
  return {
    request: {
      method: verb,
      url: url.href,
      headers: {
        accept: operation.streaming ? `text/event-stream, ${json}` : json,
        ...(posted && { "content-type": "application/a2a+json" }),
      },
      body: posted ? JSON.stringify(rest) : undefined,
    },
    answer: readAnswer,
    event: readEvent,
  };
}

function readAnswer(answer: WireAnswer): unknown {
  const { status, body } = answer;
  if (status < 200 || status > 299) throw readError(statusOf(tryParseJson(body)), answer);
  return body === "" ? {} : parseJson(body);
}

function readEvent(data: string): unknown {
  const event = parseJson(data);
  const { error } = asObject(event);
  if (error !== undefined) throw readError(error);
  return event;
}

/** The google.rpc.Status is in `error`; some servers answer it bare. */
function statusOf(body: unknown): unknown {
  return asObject(body).error ?? body;
}
