/**
 * Push notifications (spec 3.1.7 to 3.1.10, 4.3, 13.2): the configurations of a task, and the delivery of its
 * events to their URLs, in order, at least once, for as long as the schedule says. Dispatch calls the four
 * configuration verbs, once it knows that the caller owns the task; the engine calls `publish` with entries that
 * are durable. The journal is the queue: the Outbox port keeps how far each configuration has come, `Sender` claims
 * places that are behind, a `Channel` sends what comes after one, and a `Post` guards where requests may go.
 */
export type { WordingOf } from "./channel.js";
export type { Post, Posted } from "./post.js";
export { Push, type PushOptions, type WebhookOptions } from "./push.js";
