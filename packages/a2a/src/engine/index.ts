/**
 * The task engine. A task is an append-only journal: every verb here either records an event of a task
 * or reads the journal back as a Task, a list or a stream. Dispatch calls the verbs; they call the agent,
 * the journal port and nothing else. Only `record.ts` writes, and nothing leaves before it is committed.
 */
export type { AdmissionLimits } from "./admission.js";
export { cancelTask } from "./cancel.js";
export type { Caller } from "./context.js";
export { Engine } from "./engine.js";
export { newId } from "./ids.js";
export { getTaskPast } from "./long-poll.js";
export type { ClusterSettings, EngineOptions, PushHooks } from "./options.js";
export { getTask, listTasks } from "./read.js";
export { sendMessage, sendStreamingMessage } from "./send.js";
export type { SendKey } from "./sends.js";
export { subscribeToTask } from "./subscribe.js";
export { type RetentionPolicy, type RetentionSettings, Sweep } from "./sweep.js";
export { within } from "./within.js";
