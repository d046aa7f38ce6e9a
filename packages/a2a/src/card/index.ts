/**
 * The agent card: completed from what the agent wrote and the server knows, and served at its
 * well-known paths with HTTP caching. `server.ts` builds it; `bindings/handler.ts` mounts `well-known.ts`.
 */
export { buildCard } from "./build.js";
