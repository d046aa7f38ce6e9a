/**
 * Parley's SDK. Here is what an agent is written with, and the server that runs it on any host;
 * `@parley/a2a/node` listens, `/client` calls, `/sqlite` keeps tasks, `/protocol` is A2A itself as data.
 */
export * from "./agent/index.js";
export { type LocalBus, localBus } from "./buses/local/index.js";
export type { Intercepted, Interceptor } from "./dispatch/index.js";
export { type Log, silent } from "./ports/index.js";
export type {
  AgentCard,
  AgentSkill,
  Artifact,
  JsonValue,
  Message,
  Part,
  StreamResponse,
  Struct,
  Task,
  TaskState,
} from "./protocol/index.js";
export { A2AError } from "./protocol/index.js";
export { type A2AServer, createServer, type Limits, type ServerOptions } from "./server.js";
export { memory } from "./stores/memory/index.js";
