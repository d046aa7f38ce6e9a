/** Agents in a Hono 4 application, on any runtime. */
import type { Handles } from "../bindings/http.js";
import { fetchHandler } from "./fetch.js";

/** What is used of a Hono context. */
interface Context {
  readonly req: { readonly raw: Request; readonly routePath: string; text(): Promise<string> };
}

/**
 * A handler for a wildcard route, which it takes as the mount path. Works behind middleware that has read the body.
 *
 * @example
 * app.all("/agents/csv/*", honoHandler(server));
 */
export function honoHandler(server: Handles) {
  return async ({ req }: Context): Promise<Response> => {
    const handle = fetchHandler(server, { mountPath: req.routePath.replace(/\/?\*$/, "") });
    const { url, method, headers, signal, bodyUsed } = req.raw;
    // Hono keeps the text of a body that was read.
    return handle(
      bodyUsed ? new Request(url, { method, headers, signal, body: (await req.text()) || null }) : req.raw,
    );
  };
}
