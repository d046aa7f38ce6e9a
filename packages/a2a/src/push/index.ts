/**
 * Push notifications (spec 3.1.7 to 3.1.10, 4.3, 13.2): the configurations of a task, and the delivery of its
 * events to their URLs. Dispatch calls the four configuration verbs, once it knows that the caller owns the task;
 * the engine calls `publish` with entries that are durable. Calls the PushConfigs port and a `Post`, which
 * guards where requests may go. What waits to be sent waits in memory: a durable outbox takes the place of `Channel`.
 */
export type { Post } from "./post.js";
export { Push, type PushOptions } from "./push.js";
