/** Agents in a Hono 4 application, on any runtime. */
import type { Handles } from "../bindings/http.js";
import { fetchHandler } from "./fetch.js";

/** What is used of a Hono context. */
interface Context {
  readonly req: { readonly raw: Request; readonly routePath: string };
}

/**
 * A handler for a wildcard route, which it takes as the mount path.
 *
 * @example
 * app.all("/agents/csv/*", honoHandler(server));
 */
export function honoHandler(server: Handles) {
  return ({ req }: Context): Promise<Response> =>
    fetchHandler(server, { mountPath: req.routePath.replace(/\/?\*$/, "") })(req.raw);
}
