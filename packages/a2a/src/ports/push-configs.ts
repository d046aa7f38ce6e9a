/** The port that keeps push notification configurations, unique per (task, id). */
import type { TaskPushNotificationConfig } from "../protocol/index.js";
import type { MaybePromise } from "./journal.js";

/** A configuration as a client made it. */
export type PushConfig = TaskPushNotificationConfig & {
  /** The version of A2A that the client speaks, where it is another than 1.0: notifications are written as that has them. */
  readonly version?: string;
  /** What that client calls the task, where its version has clients choose. */
  readonly taskName?: string;
  /** URL, token and credentials, encrypted. Then there is no token nor credentials beside it, and the URL has no query. */
  readonly sealed?: string;
};

/** A configuration as it is kept: `id` and `taskId` are always set, secrets included. */
export type StoredPushConfig = PushConfig & { readonly id: string; readonly taskId: string };

export interface PushConfigs {
  /**
   * Creates or replaces. The place (see `Outbox`) of a new one is its task's last entry, 0 when there is no such task
   * yet; it is done when the task has ended. One that is replaced keeps its place and its dead letters, forgets its
   * failures, is active and due now unless it was done, and is nobody's.
   */
  put(config: StoredPushConfig): MaybePromise<void>;
  get(taskId: string, id: string): MaybePromise<StoredPushConfig | undefined>;
  /** In order of creation. */
  list(taskId: string): MaybePromise<readonly StoredPushConfig[]>;
  /** With its place and dead letters. Deleting what is not there is no error. */
  delete(taskId: string, id: string): MaybePromise<void>;
  /** Every task that has a configuration whose place is active. */
  taskIds(): MaybePromise<readonly string[]>;
}
