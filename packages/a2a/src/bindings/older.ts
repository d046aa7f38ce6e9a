/** The bindings of several older versions at once, for requests that do not say which one they are in. */
import type { Dispatcher } from "../dispatch/contract.js";
import { A2AError } from "../protocol/index.js";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.js";
import { type JsonrpcMethod, type JsonrpcMethods, methodsHandler } from "./jsonrpc/server.js";
import type { BindingOptions } from "./response.js";
import type { VersionBindings } from "./version.js";

/** @param versions At least one, the newest first. */
export function olderBindings(versions: readonly VersionBindings[], options: BindingOptions) {
  const answer = methodsHandler(methodsOf(versions), options, versions[0]?.errorData);
  const jsonrpc: HttpHandler = async (request) => finished(versions, request, await answer(request));
  const httpJson = (request: HttpRequest, path: string) => {
    for (const version of versions) {
      const answered = version.httpJson(request, path);
      if (answered !== undefined) return answered;
    }
    return undefined;
  };
  return { jsonrpc, httpJson };
}

function finished(versions: readonly VersionBindings[], request: HttpRequest, response: HttpResponse) {
  let made = response;
  for (const version of versions) made = version.finish?.(request, made) ?? made;
  return made;
}

function methodsOf(versions: readonly VersionBindings[]): JsonrpcMethods {
  return (name, params) => {
    let method: JsonrpcMethod | undefined;
    for (const { methods } of versions) {
      const found = methods(name, params);
      method = method && found ? either(method, found) : (method ?? found);
    }
    return method;
  };
}

/** Of a method that two versions have, the one is meant in whose words the task can be found. */
function either(first: JsonrpcMethod, second: JsonrpcMethod): JsonrpcMethod {
  const tried =
    <A extends unknown[], R>(one: (...args: A) => R, other: (...args: A) => R) =>
    async (...args: A): Promise<Awaited<R>> => {
      try {
        return await one(...args);
      } catch (error) {
        if (error instanceof A2AError && error.reason === "TASK_NOT_FOUND") return await other(...args);
        throw error;
      }
    };
  const dispatcher: Dispatcher = {
    unary: tried(first.dispatcher.unary, second.dispatcher.unary),
    stream: tried(first.dispatcher.stream, second.dispatcher.stream),
  };
  return { operation: first.operation, dispatcher };
}
