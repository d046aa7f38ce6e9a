/** Extensions in use travel in a header field of another name. */
import type { HttpResponse } from "../../bindings/http.js";
import { extensionsHeader } from "./dispatcher.js";

export function withExtensionsHeader(response: HttpResponse): HttpResponse {
  if (response.headers["a2a-extensions"] === undefined) return response;
  const { "a2a-extensions": extensions, ...headers } = response.headers;
  return { ...response, headers: { ...headers, [extensionsHeader]: extensions } };
}
