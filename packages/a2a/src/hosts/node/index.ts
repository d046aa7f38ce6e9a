/**
 * Agents on node:http. `serve` listens on a port of its own; `nodeListener` serves from a server that is
 * already there. Requests and responses are node's own objects seen through the bindings' small interfaces:
 * fetch-style objects would cost four times as much. Calls `server.ts` and the handler it makes.
 */
export { type Listening, type ListenOptions, listen } from "./listen.js";
export { type ListenerOptions, nodeListener } from "./request-listener.js";
export { type OutgoingSettings, type ServeOptions, type Serving, serve } from "./serve.js";
export { stderrLog } from "./stderr-log.js";
export { stopOnSignals } from "./stop-on-signals.js";
