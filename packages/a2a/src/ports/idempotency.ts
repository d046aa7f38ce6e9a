/**
 * The port that keeps what was sent under which key, so that it is done once. A key is claimed before anything is
 * done; the task that comes of it, or the answer kept with it, says that it was done. When that task is removed, the key
 * is free again. All times are by the store's clock.
 */
import type { MaybePromise } from "./journal.js";

export interface KeyClaim {
  /** Short, and no secret: a digest of the owner and of what they named. */
  readonly key: string;
  /** Digest of what was sent. */
  readonly hash: string;
  /** The id of the task that is to be made. */
  readonly taskId: string;
  readonly node: string;
  /** A key that was claimed so long ago is free again, in milliseconds. */
  readonly keepMillis: number;
}

/** Of the first claim, which may be this one. */
export interface KeyClaimed {
  readonly hash: string;
  readonly taskId: string;
  readonly answer: string | undefined;
  /**
   * It is this node's to do: it is the first claim; or it repeats one with the same hash of which there is neither the
   * task nor an answer, and that was this node's or a dead one's. Then it may have been done all the same.
   */
  readonly mine: boolean;
}

export interface Idempotency {
  claim(claim: KeyClaim): MaybePromise<KeyClaimed>;
  /** Keeps the answer of a claimed key. */
  settle(key: string, answer: string): MaybePromise<void>;
  /** Nothing came of it: the key is free again, if it is the node's and has no answer. */
  release(key: string, node: string): MaybePromise<void>;
  /** Forgets keys claimed at least this long ago. Returns how many. */
  expire(ageMillis: number): MaybePromise<number>;
}
