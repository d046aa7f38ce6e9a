/** JSON-RPC 2.0 over HTTP, the server's side: one endpoint, methods named as the operations (spec 9). */
import type { Dispatcher } from "../../dispatch/contract.js";
import { A2AError, errors, type Operation, operations } from "../../protocol/index.js";
import { errorHeaders, jsonrpcErrorBody } from "../error-body.js";
import type { HttpHandler, HttpResponse } from "../http.js";
import { HttpCall, methodNotAllowed, readJson } from "../request.js";
import { answer, type BindingOptions, exposed, type Framing, jsonHeaders } from "../response.js";
import { checkEnvelope, idText } from "./envelope.js";

/** What a method name means. Older versions bring names of their own. */
export interface JsonrpcMethod {
  readonly operation: Operation;
  /** Takes and gives messages as the method's version writes them. */
  readonly dispatcher: Dispatcher;
}

/** The method of a name; undefined when there is none. */
export type JsonrpcMethods = (
  name: string,
  params: Readonly<Record<string, unknown>>,
) => JsonrpcMethod | undefined;

const byName: ReadonlyMap<string, Operation> = new Map(Object.entries(operations));

function ownMethods(dispatcher: Dispatcher): JsonrpcMethods {
  return (name) => {
    const operation = byName.get(name);
    return operation && { operation, dispatcher };
  };
}

const noContent: HttpResponse = { status: 204, headers: {} };

/** Answers JSON-RPC on whatever path it is asked. */
export const jsonrpcHandler = (dispatcher: Dispatcher, options: BindingOptions): HttpHandler =>
  methodsHandler(ownMethods(dispatcher), options);

/**
 * The same for other methods.
 * @param errorData `data` of an error, where it is not that of 1.0.
 */
export function methodsHandler(
  methods: JsonrpcMethods,
  { bodyBytes, log }: BindingOptions,
  errorData?: (error: A2AError) => object,
): HttpHandler {
  return async (request) => {
    let id = "null";
    let notification = false;
    try {
      if (request.method !== "POST") throw methodNotAllowed("POST");
      const body = await readJson(request, bodyBytes);
      id = idText(body);
      const envelope = checkEnvelope(body);
      notification = envelope.notification;
      const method = methods(envelope.method, envelope.params);
      if (method === undefined) throw new A2AError("METHOD_NOT_FOUND");
      const call = new HttpCall("JSONRPC", request, undefined);
      const response = await answer(
        method.dispatcher,
        method.operation,
        envelope.params,
        call,
        framing(id, errorData),
        "application/json",
      );
      if (!notification) return response;
      if (typeof response.body === "object") response.body.cancelled();
      return noContent;
    } catch (thrown) {
      const error = exposed(thrown, log);
      if (notification) return noContent;
      return {
        status: errors[error.reason].jsonrpcHttp ?? 200,
        headers: { ...jsonHeaders["application/json"], ...errorHeaders(error) },
        body: jsonrpcErrorBody(error, id, errorData?.(error)),
      };
    }
  };
}

function framing(id: string, errorData?: (error: A2AError) => object): Framing {
  return {
    before: `{"jsonrpc":"2.0","id":${id},"result":`,
    after: "}",
    error: (error) => jsonrpcErrorBody(error, id, errorData?.(error)),
  };
}
