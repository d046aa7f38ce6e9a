/** The plain HTTP that tutorials show: `POST /tasks/send`, then `GET /tasks/{id}` until the task has ended. */
import { errorHeaders } from "../../bindings/error-body.js";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../bindings/http.js";
import { methodsHandler } from "../../bindings/jsonrpc/server.js";
import { HttpCall, isObject, readJson } from "../../bindings/request.js";
import { type BindingOptions, exposed, jsonHeaders } from "../../bindings/response.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import { A2AError, errors, type SendMessageResponse, type Task } from "../../protocol/index.js";
import { currentCall } from "../current-call.js";
import { errorBody, errorData } from "../error-body.js";
import { jsonrpcMethods, readSend } from "./jsonrpc.js";
import { plainly, writeResponse, writeTask } from "./messages.js";

/** Where its JSON-RPC is alone. */
export const ownPath = "/v0.1";

export function httpHandler(dispatcher: Dispatcher, options: BindingOptions) {
  const jsonrpc = methodsHandler(jsonrpcMethods(dispatcher), options, errorData);
  const answered =
    (work: (request: HttpRequest) => Promise<object>): HttpHandler =>
    async (request): Promise<HttpResponse> => {
      const headers = jsonHeaders["application/json"];
      try {
        return { status: 200, headers, body: JSON.stringify(await work(request)) };
      } catch (thrown) {
        const error = exposed(thrown, options.log);
        const { http: status } = errors[error.reason];
        return { status, headers: { ...headers, ...errorHeaders(error) }, body: errorBody(error) };
      }
    };

  const send = answered(async (request) => {
    const body = await readJson(request, options.bodyBytes);
    if (!isObject(body)) throw new A2AError("INVALID_REQUEST", "The body must be a JSON object");
    const name = typeof body.id === "string" && body.id !== "" ? body.id : undefined;
    const { json } = await dispatcher.unary("SendMessage", readSend(body, true), callOf(request, name));
    return writeResponse(JSON.parse(json) as SendMessageResponse, name, plainly);
  });

  const get = (name: string) =>
    answered(async (request) => {
      const { json } = await dispatcher.unary("GetTask", { id: name }, callOf(request, name));
      return writeTask(JSON.parse(json) as Task, name, plainly);
    });

  return (request: HttpRequest, path: string) => {
    if (path === ownPath || path === `${ownPath}/`) return jsonrpc(request);
    if (request.method === "POST" && path === "/tasks/send") return send(request);
    const [, name] = /^\/tasks\/([^/:]+)$/.exec(path) ?? [];
    return request.method === "GET" && name !== undefined ? get(decoded(name))(request) : undefined;
  };
}

const callOf = (request: HttpRequest, taskName: string | undefined) =>
  currentCall(new HttpCall("HTTP+JSON", request, undefined), {
    older: "0.1",
    ...(taskName !== undefined && { taskName }),
  });

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
