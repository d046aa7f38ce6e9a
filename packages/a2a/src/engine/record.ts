/**
 * The only writer. Events are folded at once and committed together, everything of one event-loop tick
 * in one append; answers, stream events and webhooks are released after it.
 */
import {
  type Append,
  Entry,
  type Journal,
  type Log,
  type MaybePromise,
  type Note,
  type TaskEvent,
} from "../ports/index.js";
import { A2AError, type Message } from "../protocol/index.js";
import { millisOf, timestamp } from "./clock.js";
import type { LiveTask } from "./live-task.js";
import { contentSize, isFirstOrLast, messageSize, sizeOf, TaskTooLarge } from "./task-size.js";

/** How long executors may hold the event loop before commits and sockets get their turn. */
const sliceMillis = 1;

/** Uncommitted entries, and characters of content in them, past which executors wait for the store. */
const backlogLimit = 10_000;
const weightLimit = 512 * 1024;

const defer: (run: () => void) => unknown =
  typeof setImmediate === "function" ? setImmediate : (run) => setTimeout(run, 0);

export interface RecorderOptions {
  readonly journal: Journal;
  readonly log: Log;
  /** Characters of JSON that one task may have. */
  readonly taskSize: number;
  /** Called with what became durable, in order. */
  readonly committed: (live: LiveTask, entries: readonly Entry[]) => void;
  /** Called when a task's entries were refused, because another writer was first. Undefined when they are lost; otherwise they are pending again when it resolves. */
  readonly refused: (live: LiveTask, append: Append) => Promise<void> | undefined;
  /** Called when a task's entries will not be kept. */
  readonly lost: (live: LiveTask, error: A2AError, why: "refused" | "failed") => void;
}

/** What one commit is about. */
interface Batch {
  readonly lives: readonly LiveTask[];
  readonly appends: Append[];
  readonly backlog: number;
  readonly weight: number;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #dirty: LiveTask[] = [];
  #armed = false;
  #committing = false;
  #tickStart = 0;
  #events = 0;
  #backlog = 0;
  #weight = 0;
  #parked: Promise<void> | undefined;
  #unpark: (() => void) | undefined;
  /** Tasks whose entries were refused and are to come again. */
  #rebasing = 0;
  #quiet: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Records one event of a task; it is durable when `live.durable()` resolves.
   * @throws A2AError INVALID_AGENT_RESPONSE when the event may not follow; UNAVAILABLE when the record was lost;
   * TaskTooLarge when there is no room for it.
   */
  record(live: LiveTask, event: TaskEvent, message?: Message): Entry {
    if (live.lost) throw live.lost;
    const entry = new Entry(live.seq + 1, event, message);
    const content = contentSize(entry, event);
    live.fold(entry, event, content, this.#sizeOf(live, entry, event, content));
    this.#weight += content;
    if (event.artifactUpdate === undefined)
      live.statusMillis = millisOf(live.task.status.timestamp ?? timestamp());
    this.#backlog++;
    this.#events++;
    this.#commitSoon(live);
    return entry;
  }

  #sizeOf(live: LiveTask, entry: Entry, event: TaskEvent, content: number): number {
    const { taskSize } = this.#options;
    // What is far too large is not even written out.
    const size = live.size + content > taskSize ? content : sizeOf(entry, event, content);
    if (live.size + size > taskSize && !isFirstOrLast(entry, size)) throw new TaskTooLarge(live.id, taskSize);
    return size;
  }

  /** To be asked before a message is put at the end of a task in another way. @throws TaskTooLarge */
  assertRoom(live: LiveTask, message: Message): void {
    const { taskSize } = this.#options;
    if (live.size + messageSize(message) > taskSize) throw new TaskTooLarge(live.id, taskSize);
  }

  /** Keeps a note of a task, with what is recorded in the same tick. @throws A2AError UNAVAILABLE */
  note(live: LiveTask, note: Note): Promise<void> {
    const kept = live.note(note);
    if (!live.lost) this.#commitSoon(live);
    return kept;
  }

  #commitSoon(live: LiveTask): void {
    if (!live.dirty) {
      live.dirty = true;
      this.#dirty.push(live);
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#tickStart = performance.now();
    defer(() => this.#flush());
  }

  /** Undefined while the tick is young; otherwise the next tick, which executors wait for so that others get their turn. */
  breathe(): Promise<void> | undefined {
    if (this.#parked) return this.#parked;
    if (!this.#armed) return undefined;
    if (!this.#full) {
      if ((this.#events & 15) !== 0 || performance.now() - this.#tickStart < sliceMillis) return undefined;
    }
    this.#parked = new Promise((resolve) => {
      this.#unpark = resolve;
    });
    return this.#parked;
  }

  #flush(): void {
    this.#armed = false;
    if (!this.#committing) this.#commit();
    if (!this.#committing || !this.#full) this.#resume();
  }

  /** So much is uncommitted that executors wait for the store. */
  get #full(): boolean {
    return this.#weight >= weightLimit || this.#backlog >= backlogLimit;
  }

  #resume(): void {
    const unpark = this.#unpark;
    this.#parked = undefined;
    this.#unpark = undefined;
    unpark?.();
  }

  #commit(): void {
    if (this.#dirty.length === 0) return this.#rest();
    const batch: Batch = {
      lives: this.#takeDirty(),
      appends: [],
      backlog: this.#backlog,
      weight: this.#weight,
    };
    if (batch.lives.length === 0) return this.#rest();
    for (const live of batch.lives) batch.appends.push(live.takeAppend());
    let refused: MaybePromise<readonly Append[]>;
    try {
      refused = this.#options.journal.append(batch.appends);
    } catch (error) {
      return this.#lose(batch, error);
    }
    if (!(refused instanceof Promise)) return this.#release(batch, refused);
    this.#committing = true;
    refused
      .then(
        (late) => this.#release(batch, late),
        (error: unknown) => this.#lose(batch, error),
      )
      .finally(() => {
        this.#committing = false;
        if (this.#dirty.length) this.#arm();
        else this.#rest();
        this.#resume();
      });
  }

  /** What may be committed now: nothing of a record that was lost, and what is being put on top of others' entries comes back by itself. */
  #takeDirty(): LiveTask[] {
    const dirty = this.#dirty;
    this.#dirty = [];
    const may = (live: LiveTask) => !live.rebasing && live.lost === undefined;
    if (dirty.every(may)) return dirty;
    for (const live of dirty) if (!may(live)) live.dirty = false;
    return dirty.filter(may);
  }

  #release(batch: Batch, refused: readonly Append[]): void {
    this.#settle(batch);
    for (let i = 0; i < batch.lives.length; i++) {
      const live = batch.lives[i] as LiveTask;
      const append = batch.appends[i] as Append;
      if (refused.length > 0 && refused.includes(append)) {
        this.#refuse(live, append);
        continue;
      }
      live.commit(append.entries, append.head.seq);
      this.#options.committed(live, append.entries);
    }
    this.#rest();
  }

  #refuse(live: LiveTask, append: Append): void {
    if (live.lost) return;
    const { refused, lost } = this.#options;
    const lose = (error: unknown) => lost(live, asUnavailable(error), "refused");
    const rebasing = refused(live, append);
    if (rebasing === undefined)
      return lose(new A2AError("UNAVAILABLE", "The task was changed elsewhere; try again"));
    this.#rebasing++;
    rebasing
      .then(() => {
        if (live.pending.length > 0 || !live.atRest) this.#commitSoon(live);
      }, lose)
      .finally(() => {
        this.#rebasing--;
        this.#rest();
      });
  }

  #lose(batch: Batch, error: unknown): void {
    this.#settle(batch);
    this.#options.log.error("The store did not take an append", { tasks: batch.lives.length, error });
    for (const live of batch.lives) {
      const told = new A2AError("UNAVAILABLE", "The task could not be stored; try again", { cause: error });
      this.#options.lost(live, told, "failed");
    }
    this.#rest();
  }

  #settle({ backlog, weight }: Batch): void {
    this.#backlog -= backlog;
    this.#weight -= weight;
  }

  #rest(): void {
    if (this.#dirty.length || this.#committing || this.#rebasing || this.#quiet.length === 0) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }

  /** Resolves when nothing waits to be committed. */
  drained(): Promise<void> {
    if (!this.#dirty.length && !this.#committing && !this.#rebasing) return Promise.resolve();
    return new Promise((resolve) => this.#quiet.push(resolve));
  }
}

/** What callers are told when the store was no help. */
export const asUnavailable = (cause: unknown): A2AError =>
  cause instanceof A2AError ? cause : new A2AError("UNAVAILABLE", undefined, { cause });
