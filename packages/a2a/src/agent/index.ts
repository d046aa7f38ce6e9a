/**
 * What a developer writes: an agent (its card, and a generator of events) and the builders for those events.
 * The engine runs it; nothing here knows of journals, bindings or stores.
 */
export * from "./agent.js";
export {
  type AgentEvent,
  type ArtifactEvent,
  type ArtifactOptions,
  artifact,
  authRequired,
  completed,
  failed,
  inputRequired,
  rejected,
  type StatusEvent,
  submitted,
  working,
} from "./events.js";
export { type Content, data, file, type PartOptions, text, url } from "./parts.js";
