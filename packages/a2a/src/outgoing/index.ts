/**
 * The one way out: every request to a URL that a peer may have chosen (URL parts, webhooks, cards)
 * goes through the client made here. It connects only to addresses it has checked, follows no redirect
 * and ends in bounded time and bytes. Applications make one and hand it on; `push/` gets its `post`.
 * Calls node:http, node:https, node:dns and node:net; runs on Node alone. Why so: docs/decisions/0004-outgoing-guard.md.
 */
export { allowedByEnvironment, proxyByEnvironment } from "./environment.js";
export { OutgoingError, type OutgoingReason } from "./errors.js";
export type { OutgoingResponse } from "./exchange.js";
export { createOutgoing, type GetOptions, type Outgoing, type OutgoingOptions } from "./outgoing.js";
