/** HTTP+JSON in 0.3: the routes of 1.0 below `/v1`, and the card at a path of its own (0.3 spec 3.5.6). */
import { errorHeaders } from "../../bindings/error-body.js";
import type { HttpRequest, HttpResponse } from "../../bindings/http.js";
import { matchRoute, type RouteMatch } from "../../bindings/http-json/routes.js";
import { queryMessage } from "../../bindings/http-json/server.js";
import { HttpCall, isObject, methodNotAllowed, readJson } from "../../bindings/request.js";
import { answer, type BindingOptions, exposed, type Framing, jsonHeaders } from "../../bindings/response.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import { A2AError, type ErrorReason, errors, type Operation, operations } from "../../protocol/index.js";
import { errorBody } from "../error-body.js";
import { type Translation, translating, translation } from "./dispatcher.js";
import { withExtensionsHeader } from "./extensions.js";
import { writeResponse } from "./messages.js";

const prefix = "/v1";

/** Its SDKs answered these otherwise than 1.0 does. */
const statuses: Partial<Record<ErrorReason, number>> = {
  TASK_NOT_CANCELABLE: 409,
  CONTENT_TYPE_NOT_SUPPORTED: 415,
};

const framing: Framing = { before: "", after: "", error: errorBody, errorEvent: "error" };

export function httpJsonHandler(dispatcher: Dispatcher, { bodyBytes, log }: BindingOptions) {
  const serve = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      const { operation, fields } = routeOf(request);
      const body = request.method === "POST" ? await readBody(request, bodyBytes) : undefined;
      const message = body ? { ...body, ...fields } : queryMessage(operation, fields, request);
      const translated = translating(dispatcher, translationOf(operation, body));
      const call = new HttpCall("HTTP+JSON", request, undefined);
      const response = await answer(translated, operation, message, call, framing, "application/json");
      return operation.response === "Empty" ? { status: 204, headers: {} } : withExtensionsHeader(response);
    } catch (thrown) {
      const error = exposed(thrown, log);
      return {
        status: statuses[error.reason] ?? errors[error.reason].http,
        headers: { ...jsonHeaders["application/json"], ...errorHeaders(error) },
        body: errorBody(error),
      };
    }
  };
  return (request: HttpRequest, path: string) =>
    path.startsWith(`${prefix}/`) ? serve(below(request, path)) : undefined;
}

type Body = Readonly<Record<string, unknown>>;

async function readBody(request: HttpRequest, limit: number): Promise<Body> {
  const body = (await readJson(request, limit)) ?? {};
  if (isObject(body)) return body;
  throw new A2AError("INVALID_REQUEST", "The body must be a JSON object");
}

/** Who writes `kind` reads it; everybody else reads ProtoJSON. What comes without a body is a message of 1.0 already. */
function translationOf({ name, response }: Operation, body: Body | undefined): Translation {
  const form = body !== undefined && isObject(body.message) && "parts" in body.message ? "kind" : "proto";
  const { request, answer } = translation(name, form);
  const responds = response === "SendMessageResponse" || response === "StreamResponse";
  return {
    request: body ? request : (value) => value,
    answer: responds ? (message: never) => writeResponse(message, form, true) : answer,
  };
}

/** The request with its path below the prefix. */
function below(request: HttpRequest, path: string): HttpRequest {
  const { method, query } = request;
  return {
    method,
    query,
    path: path.slice(prefix.length),
    header: (name) => request.header(name),
    text: (limit) => request.text(limit),
  };
}

function routeOf({ method, path }: HttpRequest): RouteMatch {
  if (path === "/card") {
    if (method !== "GET") throw methodNotAllowed("GET");
    return { operation: operations.GetExtendedAgentCard, tenant: undefined, fields: {} };
  }
  const match = matchRoute(method, path);
  if (match.tenant !== undefined || match.operation.name === "GetExtendedAgentCard")
    throw new A2AError("METHOD_NOT_FOUND", "Nothing is served at this path");
  return match;
}
