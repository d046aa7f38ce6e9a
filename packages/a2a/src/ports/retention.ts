/**
 * The retention port: what becomes of tasks once they have ended. Nothing else is touched, nor a task with a
 * configuration whose place (see `Outbox`) is active. A call is short, so that nobody waits for it; several nodes may
 * make them at once. Ages are the time since the task's last status, by the store's own clock.
 */
import type { MaybePromise } from "./journal.js";

/** One call of a round. */
export interface Step {
  /** How many tasks to look at, about. */
  readonly limit: number;
  /** Where the call before has left off; a round begins without it. */
  readonly after?: string | undefined;
}

export interface Stepped {
  /** Tasks that were folded or removed. */
  readonly tasks: number;
  /** Where to go on; undefined when the round is over. */
  readonly next?: string;
}

/** A number for all owners, or one for each. */
export type OwnersNumber =
  | number
  | {
      /** The smallest that `of` gives. */
      readonly least: number;
      /** Undefined: the owner's tasks stay as they are. */
      of(owner: string): number | undefined;
    };

export interface Retention {
  /**
   * Folds the entries of ended tasks into as few as make the same Task. They cannot be read any more (see
   * `Journal.read`); everything else stays as it is.
   */
  compact(step: Step & { readonly endedForMillis: OwnersNumber }): MaybePromise<Stepped>;

  /** Removes ended tasks, the oldest first: of all, or of each owner. */
  expire(step: Step & { readonly endedForMillis: OwnersNumber }): MaybePromise<Stepped>;

  /** Removes each owner's ended tasks, the oldest first, but for the newest `keepPerOwner`. */
  trim(step: Step & { readonly keepPerOwner: OwnersNumber }): MaybePromise<Stepped>;
}
