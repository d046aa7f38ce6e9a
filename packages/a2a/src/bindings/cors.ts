/** Cross-origin access for browsers: opt-in for operations, always open for the card, which is public. */
import type { HttpRequest, HttpResponse } from "./http.js";

/** Origins that may call, such as "https://app.example"; "*" for all. */
export type Cors = "*" | readonly string[];

const exposedHeaders = "a2a-extensions, x-a2a-extensions, etag, retry-after, www-authenticate";

/** Whether it is a browser asking what it may send. */
export function isPreflight(request: HttpRequest): boolean {
  return request.method === "OPTIONS" && request.header("access-control-request-method") !== undefined;
}

/** The answer to a preflight. Whatever header fields it asks for are granted: credentials may travel in any. */
export function preflight(request: HttpRequest, cors: Cors): HttpResponse {
  const origin = allowedOrigin(request, cors);
  if (origin === undefined) return { status: 204, headers: { vary: "origin" } };
  const asked = request.header("access-control-request-headers");
  return {
    status: 204,
    headers: {
      ...originHeaders(origin),
      "access-control-allow-methods": "GET, POST, DELETE",
      ...(asked !== undefined && { "access-control-allow-headers": asked }),
      "access-control-max-age": "600",
    },
  };
}

/** The response with what lets the request's origin read it. */
export function withCors(request: HttpRequest, response: HttpResponse, cors: Cors): HttpResponse {
  const { vary, ...headers } = response.headers;
  const origin = allowedOrigin(request, cors);
  const added: Record<string, string> =
    origin === undefined
      ? { vary: "origin" }
      : { ...originHeaders(origin), "access-control-expose-headers": exposedHeaders };
  const varies = [vary, added.vary].filter((value) => value !== undefined).join(", ");
  return { ...response, headers: { ...headers, ...added, ...(varies !== "" && { vary: varies }) } };
}

function originHeaders(origin: string): Record<string, string> {
  return { "access-control-allow-origin": origin, ...(origin !== "*" && { vary: "origin" }) };
}

function allowedOrigin(request: HttpRequest, cors: Cors): string | undefined {
  if (cors === "*") return "*";
  const origin = request.header("origin");
  return origin !== undefined && cors.includes(origin) ? origin : undefined;
}
