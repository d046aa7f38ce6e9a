/** HTTP+JSON, the server's side: the routes of the operations table, plain messages in and out (spec 11). */
import { paramsToJson } from "../../codec/index.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import { A2AError, errors, invalidField, type Operation } from "../../protocol/index.js";
import { errorHeaders, statusBody } from "../error-body.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import { HttpCall, isObject, readJson } from "../request.js";
import {
  answer,
  type BindingOptions,
  exposed,
  type Framing,
  jsonHeaders,
  responseType,
} from "../response.js";
import { decode, matchRoute, type RouteMatch } from "./routes.js";

const framing: Framing = { before: "", after: "", error: (error) => statusBody(error) };

/** Answers one request. Never throws. */
export type RoutedHandler = (request: HttpRequest, path: string) => Promise<HttpResponse>;

/** Answers every route; `path` is the part of the request's path below the interface's URL. */
export function httpJsonHandler(dispatcher: Dispatcher, { bodyBytes, log }: BindingOptions): RoutedHandler {
  return async (request, path) => {
    try {
      const match = matchRoute(request.method, path);
      const message =
        request.method === "POST"
          ? withBody(match, await readJson(request, bodyBytes))
          : queryMessage(match.operation, match.fields, request);
      const call = new HttpCall("HTTP+JSON", request, match.tenant);
      return await answer(dispatcher, match.operation, message, call, framing, responseType(request));
    } catch (thrown) {
      const error = exposed(thrown, log);
      return {
        status: errors[error.reason].http,
        headers: { ...jsonHeaders[responseType(request)], ...errorHeaders(error) },
        body: statusBody(error),
      };
    }
  };
}

/** The request message of a POST. No body at all is a message whose fields are all in the path. */
function withBody({ fields }: RouteMatch, body: unknown = {}): Record<string, unknown> {
  if (!isObject(body)) throw new A2AError("INVALID_REQUEST", "The body must be a JSON object");
  const inPath = Object.entries(fields);
  if (inPath.length === 0) return body;
  for (const [field, value] of inPath) {
    if ((body[field] ?? value) !== value) throw invalidField(field, "differs from the one in the path");
  }
  return { ...body, ...fields };
}

/**
 * The request message of a GET or DELETE (spec 11.5).
 * @throws A2AError INVALID_PARAMS; INVALID_REQUEST for percent escapes that are not UTF-8
 */
export function queryMessage(
  operation: Operation,
  fields: RouteMatch["fields"],
  { query }: HttpRequest,
): unknown {
  const params: [string, string][] = [];
  // URLSearchParams makes U+FFFD of what is broken: different values would become one.
  decode(query, "query");
  for (const [field, value] of new URLSearchParams(query)) {
    if (!Object.hasOwn(fields, field)) params.push([field, value]);
    else if (fields[field] !== value) throw invalidField(field, "differs from the one in the path");
  }
  return paramsToJson(operation.request, params.concat(Object.entries(fields)));
}
