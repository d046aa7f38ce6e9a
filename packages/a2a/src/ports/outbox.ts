/**
 * The outbox port: how far the deliveries of each push notification configuration have come. There is no queue:
 * what is to be sent are the journal's entries after a configuration's place. Places come and go with their
 * configurations (see `PushConfigs`). All times are delays, by the store's own clock.
 */
import type { MaybePromise } from "./journal.js";
import type { StoredPushConfig } from "./push-configs.js";

/**
 * `active`: entries after the place are to be sent. `done`: the task has ended and all was sent or given up.
 * `disabled`: the receiver wants no more.
 */
export type PlaceState = "active" | "done" | "disabled";

/** How far one configuration has come. */
export interface Place {
  /** The last entry that was delivered or given up. */
  readonly seq: number;
  /** Attempts at the entry after it, all of which failed. */
  readonly attempts: number;
  /** The last entry was given up: those that follow get one attempt each, until one is accepted. */
  readonly failing: boolean;
  /** How the last attempt failed; undefined after one that did not. */
  readonly error?: string | undefined;
}

/** An entry that was given up. It is kept until it is delivered after all, or its configuration goes. */
export interface DeadLetter {
  readonly seq: number;
  /** Attempts that were made at it: those since the last save when it is saved, all of them when it is read. */
  readonly attempts: number;
  readonly error: string;
}

/** A place whose deliveries are now this node's to make. */
export interface ClaimedPlace extends Place {
  readonly config: StoredPushConfig;
  /** Dead letters that are to be sent once more, in order; perhaps not all of them. */
  readonly again: readonly number[];
  /** The task's last entry: 0 when there is no such task yet. */
  readonly taskSeq: number;
  /** The task's state is terminal, so that is the last entry for good. */
  readonly ended: boolean;
}

export interface Claim {
  readonly node: string;
  /** How long they are the node's, unless it saves them before. */
  readonly leaseMillis: number;
  readonly limit: number;
  /**
   * Where to look: at places of these tasks; at `due` ones, which say themselves when they want to be looked at;
   * or at `all`, which also finds what a node that died has left, and costs a look at every active place.
   */
  readonly of: "due" | "all" | readonly string[];
}

/** A place after some deliveries. */
export interface Progress extends Place {
  readonly taskId: string;
  readonly configId: string;
  readonly state: PlaceState;
  /** When to look at it again; undefined: when its task has grown. */
  readonly dueInMillis?: number | undefined;
  /** Whether the node goes on with it, for the lease's time from now. Otherwise anybody may. */
  readonly keep: boolean;
  /** Entries that were given up now, whether for the first time or again. */
  readonly dead: readonly DeadLetter[];
  /** Dead letters that were delivered now. */
  readonly delivered: readonly number[];
}

/** What an operator may see of a configuration's deliveries. */
export interface Delivery extends Place {
  readonly config: StoredPushConfig;
  readonly state: PlaceState;
  /** Entries after the place. */
  readonly waiting: number;
  /** Until it is looked at again; negative when that should have been. */
  readonly dueInMillis?: number | undefined;
  readonly deadLetters: number;
}

export interface DeliveryQuery {
  readonly taskId?: string | undefined;
  /** Only those with dead letters, disabled, or with failed attempts. */
  readonly troubled?: boolean | undefined;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: { readonly taskId: string; readonly configId: string } | undefined;
}

export interface Outbox {
  /**
   * Makes places the node's, at most `limit`: those that are active, nobody's (or the lease is over), and either due
   * or without a due time and behind their task. What the node has already it does not get again.
   */
  claim(claim: Claim): MaybePromise<readonly ClaimedPlace[]>;

  /** Keeps what became of claimed places. Returns those that are no longer the node's, or no longer there; nothing of them is kept. */
  save(node: string, leaseMillis: number, batch: readonly Progress[]): MaybePromise<readonly Progress[]>;

  /** In order of task and configuration. */
  deliveries(query: DeliveryQuery): MaybePromise<readonly Delivery[]>;

  /** Of one configuration, in order, after `after`. */
  deadLetters(
    taskId: string,
    configId: string,
    limit: number,
    after: number,
  ): MaybePromise<readonly DeadLetter[]>;

  /**
   * Has dead letters sent once more, all of the configuration's or those named; makes it active and due now, also
   * when it was disabled. Whoever has claimed it has it no longer. Returns how many; 0 when it is not there.
   */
  replay(taskId: string, configId: string, seqs?: readonly number[]): MaybePromise<number>;

  /** Forgets configurations made at least this long ago for a task that never came to be. Returns how many. */
  sweep(ageMillis: number): MaybePromise<number>;
}
