/** Extensions in use travel in a header field of another name. */
import type { HttpHandler, HttpRequest, HttpResponse } from "../../bindings/http.js";
import { extensionsHeader } from "./dispatcher.js";

export function withExtensionsHeader(handler: HttpHandler): HttpHandler {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const response = await handler(request);
    if (response.headers["a2a-extensions"] === undefined) return response;
    const { "a2a-extensions": extensions, ...headers } = response.headers;
    return { ...response, headers: { ...headers, [extensionsHeader]: extensions } };
  };
}
