/** The port that keeps push notification configurations, unique per (task, id). */
import type { TaskPushNotificationConfig } from "../protocol/index.js";
import type { MaybePromise } from "./journal.js";

/** A configuration as a client made it. */
export type PushConfig = TaskPushNotificationConfig & {
  /** The older version of A2A that the client speaks: notifications are written as that has them. */
  readonly version?: string;
  /** What that client calls the task, where its version has clients choose. */
  readonly taskName?: string;
};

/** A configuration as it is kept: `id` and `taskId` are always set, secrets included. */
export type StoredPushConfig = PushConfig & { readonly id: string; readonly taskId: string };

export interface PushConfigs {
  /** Creates or replaces. */
  put(config: StoredPushConfig): MaybePromise<void>;
  get(taskId: string, id: string): MaybePromise<StoredPushConfig | undefined>;
  /** In order of creation. */
  list(taskId: string): MaybePromise<readonly StoredPushConfig[]>;
  /** Deleting what is not there is no error. */
  delete(taskId: string, id: string): MaybePromise<void>;
  /** Every task that has a configuration. */
  taskIds(): MaybePromise<readonly string[]>;
}
