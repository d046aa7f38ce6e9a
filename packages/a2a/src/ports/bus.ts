/**
 * The bus port: nodes tell each other that a task has grown. What is told is only a hint, and may be lost,
 * doubled or late: whoever hears it reads the journal.
 */
import type { MaybePromise } from "./journal.js";
import type { Log } from "./log.js";

/** A task has grown to this entry. */
export interface News {
  readonly taskId: string;
  readonly seq: number;
}

export interface Bus {
  /**
   * Called once before anything else, and again only when it failed.
   * @param heard Called with the news of other nodes, and may be with one's own. Must not throw.
   * @param missed Called when news may have been lost, such as after a connection came back: any task that is
   * followed may have grown. Must not throw.
   * @param log Where it says what an operator should know.
   * @throws Error when the bus cannot be reached
   */
  open(heard: (news: readonly News[]) => void, missed?: () => void, log?: Log): MaybePromise<void>;
  /** Tells the other nodes, soon. Never throws; what cannot be told is dropped. */
  tell(news: readonly News[]): void;
  /**
   * Tasks whose news matter here; saying it twice changes nothing. It takes effect soon, so a task's journal is read
   * after it was followed. A bus may bring news of other tasks too.
   */
  follow(taskId: string): void;
  unfollow(taskId: string): void;
  /** Throws when nothing can be told right now; behind `/readyz`. */
  ping(): MaybePromise<void>;
  close(): MaybePromise<void>;
}
