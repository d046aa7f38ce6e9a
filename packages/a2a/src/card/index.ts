/**
 * The agent card: completed from what the agent wrote and the server knows, and served at its
 * well-known paths with HTTP caching. `server.ts` builds it, `bindings/handler.ts` mounts it.
 */
export { buildCard, type CardFacts, streamResumption } from "./build.js";
export { type CardOptions, cardHandler, cardPaths } from "./well-known.js";
