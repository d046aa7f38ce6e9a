/**
 * How A2A travels over HTTP. Each binding interprets the operations table: it turns a request into a
 * Call and a message, and what dispatch answers back into bytes; it decides nothing else.
 * `server.ts` composes `createHttpHandler`; `hosts/` carry its requests and responses; `client/` uses
 * the client halves in `jsonrpc/` and `http-json/`. Calls dispatch (through its contract) and the codec.
 */
export type { Cors } from "./cors.js";
export { createHttpHandler, type HttpHandlerOptions } from "./handler.js";
export type { HttpHandler, HttpRequest, HttpResponse, HttpStream, HttpWriter } from "./http.js";
export type { Version, VersionBindings } from "./version.js";
