/** A store: the journal and what is kept beside it, opened and closed together. */
import type { Bus } from "./bus.js";
import type { Idempotency } from "./idempotency.js";
import type { Journal, MaybePromise } from "./journal.js";
import type { Nodes } from "./nodes.js";
import type { Outbox } from "./outbox.js";
import type { PushConfigs } from "./push-configs.js";
import type { Retention } from "./retention.js";

export interface Store {
  readonly journal: Journal;
  readonly pushConfigs: PushConfigs;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly retention: Retention;
  /** There only where several nodes may use the store at once. */
  readonly nodes?: Nodes;
  /** The bus it brings for its nodes, where they are given no other. */
  readonly bus?: Bus;
  /** Called once before the first use. Throws with a message for the operator (locked, newer schema, unreadable). */
  open(): MaybePromise<void>;
  close(): MaybePromise<void>;
  /** Throws when the store cannot take an append right now; behind `/readyz`. */
  ping(): MaybePromise<void>;
}
