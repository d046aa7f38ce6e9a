/**
 * The journal port: where tasks live. A task is its entries, numbered from 1 without gaps;
 * everything else (the Task, lists, streams, webhooks) is read from them.
 */
import type { Message, StreamResponse, TaskState } from "../protocol/index.js";

/** A value now or later. Stores that can answer at once do, which spares the hot path a promise. */
export type MaybePromise<T> = T | Promise<T>;

/** A StreamResponse that belongs to a task, so anything but a direct Message. */
export type TaskEvent = Exclude<StreamResponse, { message: Message }>;

/** One event of a task as it goes on the wire, and the user's message it follows, if any. */
export class Entry {
  #json: string | undefined;
  #event: TaskEvent | undefined;

  /**
   * @param seq 1 for the creating Task, then growing by exactly one.
   * @param event The event, or its JSON as a store kept it.
   * @param message The user's message that this event follows (not for the creating Task, whose history has it).
   */
  constructor(
    readonly seq: number,
    event: TaskEvent | string,
    readonly message?: Message,
  ) {
    if (typeof event === "string") this.#json = event;
    else this.#event = event;
  }

  get event(): TaskEvent {
    this.#event ??= JSON.parse(this.#json as string) as TaskEvent;
    return this.#event;
  }

  /** An artifact or a piece of one: it says nothing else of the task. */
  get artifactOnly(): boolean {
    if (this.#event === undefined) return (this.#json as string).startsWith('{"artifactUpdate"');
    return this.#event.artifactUpdate !== undefined;
  }

  /** The task's state, if this event states it. */
  get state(): TaskState | undefined {
    if (this.artifactOnly) return undefined;
    return (this.event.statusUpdate ?? this.event.task)?.status.state;
  }

  /** The event as JSON text, made once and shared by the store and every stream. */
  get json(): string {
    if (this.#json === undefined) {
      this.#json = JSON.stringify(this.#event);
      // The text is enough from here on, and half of what many chunks take in memory.
      if (this.#event?.artifactUpdate !== undefined) this.#event = undefined;
    }
    return this.#json;
  }
}

/** What is known of a task without reading its content. */
export interface TaskHead {
  readonly id: string;
  readonly contextId: string;
  /** (tenant, principal) in one string; tasks, contexts and lists never cross it. */
  readonly owner: string;
  readonly state: TaskState;
  /** `status.timestamp` in milliseconds since 1970. */
  readonly statusMillis: number;
  /** Number of the last entry. */
  readonly seq: number;
}

/** Which node works on a task. A later holder has a greater epoch, so that an earlier one that wakes up cannot write. */
export interface Lease {
  /** Undefined when nobody works on it: it waits for its client, or has ended. */
  readonly node: string | undefined;
  /** 1 for the node that made the task, greater by one with each takeover and each turn that another run begins. */
  readonly epoch: number;
}

/** What a run leaves beside the task's entries, for whoever has to go on with it. Forgotten when the task ends. */
export interface Note {
  /** A later note of the same key replaces an earlier one. */
  readonly key: string;
  readonly json: string;
}

/** New entries of one task, or notes alone: then `head.seq` is `expected`. */
export interface Append {
  /** The task after these entries. `head.seq` is the last entry's number. */
  readonly head: TaskHead;
  /** The number the journal must be at for the append to be taken; 0 creates the task (and claims its context). */
  readonly expected: number;
  readonly entries: readonly Entry[];
  /** The folded Task as JSON, when the task has ended and the engine has it at hand. Made once, then shared. */
  readonly snapshot?: () => string;
  readonly notes?: readonly Note[];
  /** Who works on the task after this. A store of several nodes refuses the append when its task's epoch is another. */
  readonly lease?: Lease;
  /** Streams have shown the task's events, so somebody may come back for the rest. A hint for what to keep how long. */
  readonly watched?: boolean;
}

/** The Task folded from entries 1 to `head.seq`, as JSON. */
export interface Snapshot {
  readonly head: TaskHead;
  readonly json: string;
}

export interface LoadOptions {
  /** False for the Task without its artifacts, which then need not be read. True unless told. */
  readonly artifacts?: boolean;
}

/** Which tasks to list. All given conditions hold together. */
export interface ListQuery {
  readonly owner: string;
  readonly contextId?: string;
  readonly state?: TaskState;
  /** Only tasks whose status is as new as this or newer, in milliseconds. */
  readonly since?: number;
  readonly limit: number;
  /** The last task of the page before: only tasks that come after it in order. */
  readonly after?: { readonly statusMillis: number; readonly id: string };
}

/** One page, newest status first, then by id (ascending). */
export interface ListPage {
  readonly heads: readonly TaskHead[];
  /** More tasks follow the last one. */
  readonly more: boolean;
  /** All tasks that match, on every page. */
  readonly totalSize: number;
}

export interface Journal {
  /**
   * Makes all appends durable together; returns those that were refused because the journal is not
   * at `expected` (or, creating, the context is another owner's; or the lease is not of the task's epoch).
   * Throws when nothing was kept.
   */
  append(batch: readonly Append[]): MaybePromise<readonly Append[]>;

  head(id: string): MaybePromise<TaskHead | undefined>;

  /** The folded Task. */
  load(id: string, options?: LoadOptions): MaybePromise<Snapshot | undefined>;

  /** The folded Tasks that are there, by id: as `load` gives each, and in no more than a few queries. */
  loadMany(ids: readonly string[], options?: LoadOptions): MaybePromise<ReadonlyMap<string, Snapshot>>;

  /** The notes of a task that has not ended, in no order. */
  notes(id: string): MaybePromise<readonly Note[]>;

  /**
   * Entries after `after`, in order, at least one if there is one, and no more than about `maxBytes` of JSON.
   * `undefined` when entries right after `after` were folded away. Of a task that is not there, nothing.
   */
  read(id: string, after: number, maxBytes: number): MaybePromise<readonly Entry[] | undefined>;

  list(query: ListQuery): MaybePromise<ListPage>;

  /** Whose context it is, as long as it has a task; `undefined` for a new one. */
  contextOwner(contextId: string): MaybePromise<string | undefined>;

  /** Every owner that has a task, and perhaps some that had. */
  owners(): MaybePromise<readonly string[]>;

  /** Tasks that were SUBMITTED or WORKING: after a restart, those whose executor is gone. */
  running(): MaybePromise<readonly TaskHead[]>;

  /** Forgets a task, its entries and its push notification configurations. */
  remove(id: string): MaybePromise<void>;
}
