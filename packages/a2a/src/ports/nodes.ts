/**
 * The port of stores that several nodes share: who lives, who works on which task, and how a node has its say
 * in a task that another one works on. All times are by the store's own clock.
 */
import type { Message } from "../protocol/index.js";
import type { MaybePromise, Note, TaskEvent, TaskHead } from "./journal.js";

/** A task that this node is now to work on. */
export interface TakenOver {
  readonly id: string;
  readonly epoch: number;
}

/** One event that is put at the end of a task, whoever works on it and however far they have come. */
export interface Interjection {
  readonly id: string;
  readonly owner: string;
  /** The task after it, but for `seq`, which the store gives. */
  readonly head: Omit<TaskHead, "seq">;
  /** The states it may follow. */
  readonly after: readonly TaskHead["state"][];
  /** The number that the task must be at. */
  readonly expected?: number;
  readonly event: TaskEvent;
  /** The user's message that the event follows. */
  readonly message?: Message;
  /** Kept only when the node of the interjection is now to work on the task. */
  readonly notes?: readonly Note[];
  /** The node that works on the task from here on, if no other living node does. */
  readonly node?: string;
}

export interface Interjected {
  /** The number of the entry. */
  readonly seq: number;
  /** Set when the node of the interjection is now to work on the task. */
  readonly epoch?: number;
}

/** How far a task is. */
export interface Stand {
  /** Number of the last entry. */
  readonly seq: number;
  readonly epoch: number;
}

export interface Nodes {
  /**
   * Says that a node lives, for `leaseMillis` from now. The first beat makes it known.
   * @returns false when it had been taken for dead: its tasks may be others' now.
   */
  beat(node: string, leaseMillis: number): MaybePromise<boolean>;

  /** A node goes: others may take its tasks over at once. */
  leave(node: string): MaybePromise<void>;

  /** SUBMITTED and WORKING tasks that `node` is the holder of. */
  held(node: string): MaybePromise<readonly string[]>;

  /**
   * Makes `node` the holder of SUBMITTED and WORKING tasks whose node is not among the living, at most `limit`; of none
   * when it is not among them itself.
   * @param again Tasks that `node` may hold already and is to begin anew: what it was about to write of them is refused.
   * Those that wait for their client it lets go of.
   */
  takeOver(node: string, limit: number, again?: readonly string[]): MaybePromise<readonly TakenOver[]>;

  /** Undefined when the task is in none of the states `after`, or is not the owner's. */
  interject(interjection: Interjection): MaybePromise<Interjected | undefined>;

  /** How far each of these tasks is, of those that are there. */
  stands(ids: readonly string[]): MaybePromise<ReadonlyMap<string, Stand>>;
}
