/**
 * Waiting for a task: over a stream while it lasts, by polling where there is none or it broke off for good
 * (CLI specification 9). `send`, `task get --wait` and `task subscribe` call it; it never prints a result.
 */
export { pollUntilSettled } from "./poll.js";
export { Progress } from "./progress.js";
export { followStream, type Seen, settledTask } from "./stream.js";
