/** Agents in a Fastify 5 application. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handles } from "../bindings/http.js";
import { type ListenerOptions, nodeListener } from "./node/request-listener.js";

/** What is used of a Fastify instance. */
interface Instance {
  readonly prefix: string;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(
    path: string,
    handler: (request: { raw: IncomingMessage }, reply: { raw: ServerResponse; hijack(): unknown }) => void,
  ): unknown;
}

/**
 * A plugin that serves an agent below its prefix.
 *
 * @example
 * await app.register(fastifyPlugin(server), { prefix: "/agents/csv" });
 */
export function fastifyPlugin(server: Handles, options?: ListenerOptions) {
  return async (instance: Instance): Promise<void> => {
    const listener = nodeListener(server, { ...options, mountPath: instance.prefix });
    // The bindings read bodies themselves; these settings end with the plugin.
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (_request, _payload, done) => done(null));
    const handler = (
      request: { raw: IncomingMessage },
      reply: { raw: ServerResponse; hijack(): unknown },
    ) => {
      reply.hijack();
      listener(request.raw, reply.raw);
    };
    instance.all("/", handler);
    instance.all("/*", handler);
  };
}
