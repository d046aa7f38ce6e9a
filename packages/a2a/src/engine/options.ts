/** What an engine is made of. */
import type { Agent } from "../agent/index.js";
import type { Bus, Entry, Idempotency, Journal, Log, MaybePromise, Nodes } from "../ports/index.js";
import type { TaskPushNotificationConfig } from "../protocol/index.js";
import type { AdmissionLimits } from "./admission.js";

/** What the engine needs of push notifications. */
export interface PushHooks {
  /** Checks and keeps the configuration that came with a message. @throws A2AError INVALID_PARAMS */
  create(
    config: TaskPushNotificationConfig,
    taskId: string,
    field: string,
  ): MaybePromise<TaskPushNotificationConfig>;
  delete(taskId: string, id: string): MaybePromise<void>;
  /** Entries of a task became durable. Never throws. */
  publish(taskId: string, entries: readonly Entry[]): void;
  /** Another node may have made configurations for a task. Never throws. */
  watch(taskId: string): void;
}

export interface EngineOptions {
  readonly agent: Agent;
  readonly journal: Journal;
  readonly log: Log;
  readonly push?: PushHooks | undefined;
  /** How long a stream's reader may stop reading, in milliseconds; 10 s unless told. */
  readonly slowReaderMillis?: number | undefined;
  /** How many characters a task may produce while a reader does not read; 8 Mi unless told. */
  readonly slowReaderWeight?: number | undefined;
  /** When a store that failed is tried again for the tasks it left unfinished, in milliseconds; 1 s unless told. */
  readonly retryMillis?: number | undefined;
  /** Largest task, in characters of its JSON; 300 Mi unless told. */
  readonly taskSize?: number | undefined;
  readonly idempotency: Idempotency;
  /** How long idempotency keys are kept, in milliseconds; 24 hours unless told. */
  readonly idempotencyMillis?: number | undefined;
  /** How much work is taken; without any, all of it. */
  readonly admission?: AdmissionLimits | undefined;
  /** Other nodes that use the same store. */
  readonly cluster?: ClusterSettings | undefined;
}

export interface ClusterSettings {
  readonly nodes: Nodes;
  readonly bus: Bus;
  /** A node that does not beat for so long is dead, in milliseconds; 10 s unless told. Its tasks are taken over within 1.25 times that. */
  readonly leaseMillis?: number | undefined;
  /** How often live tasks are compared with the store, for news that the bus lost, in milliseconds; 1 s unless told. */
  readonly checkMillis?: number | undefined;
}
