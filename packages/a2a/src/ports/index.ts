/**
 * Ports: the small interfaces between the engine and the world.
 * The engine calls them; `stores/` and applications implement them; one contract suite runs every store.
 */
export type * from "./bus.js";
export type * from "./idempotency.js";
export * from "./journal.js";
export * from "./log.js";
export type * from "./nodes.js";
export type * from "./outbox.js";
export type * from "./push-configs.js";
export type * from "./retention.js";
export type * from "./store.js";
