/** The port that keeps push notification configurations, unique per (task, id). */
import type { TaskPushNotificationConfig } from "../protocol/index.js";
import type { MaybePromise } from "./journal.js";

/** A configuration as it is kept: `id` and `taskId` are always set, secrets included. */
export type StoredPushConfig = TaskPushNotificationConfig & { readonly id: string; readonly taskId: string };

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
