/**
 * A stream: the journal of one task read from a sequence number onward. While its reader keeps up, events
 * come straight from the commit; a reader that falls behind is served from the journal, so nothing queues for it.
 */
import type { EventSink, EventStream, StreamEvent } from "../dispatch/contract.js";
import type { Entry, Journal } from "../ports/index.js";
import { A2AError, isTerminal, type TaskState } from "../protocol/index.js";
import type { Laggards } from "./laggards.js";
import type { LiveTask } from "./live-task.js";

/** Bytes read from the journal at a time when a reader catches up. */
const chunkBytes = 64 * 1024;

/** What a connection gets to take an event before it is cut, in milliseconds. */
const flushMillis = 50;

/** The task as it is, as the first event of a stream. */
export interface FirstEvent extends StreamEvent {
  readonly state: TaskState;
}

export interface StreamOptions {
  readonly journal: Journal;
  /** The stream's watch over readers that do not read. */
  readonly laggards: Laggards;
  readonly extensions: readonly string[];
  /** Whether the stream ends with an event that states this. */
  readonly closes: (state: TaskState) => boolean;
  /** Called once when the stream is over. */
  readonly ended: (live: LiveTask) => void;
}

export class TaskStream implements EventStream {
  readonly extensions: readonly string[];
  readonly #live: LiveTask;
  readonly #options: StreamOptions;
  #sink: EventSink | undefined;
  #cursor: number;
  #first: FirstEvent | undefined;
  #blocked = false;
  #reading = false;
  #over = false;
  /** The reader knows which task it reads, so that it can go on elsewhere. */
  #told: boolean;
  #leaving = false;
  /** When the reader stopped reading, and how much the task had produced then. */
  blockedAt = 0;
  blockedWeight = 0;

  /**
   * @param from The last sequence the reader has, after which events are sent; or what is sent before them and durable
   * already, which is not kept once it was sent.
   */
  constructor(live: LiveTask, options: StreamOptions, from: FirstEvent | number) {
    this.#live = live;
    this.#options = options;
    if (typeof from === "number") this.#cursor = from;
    else {
      this.#cursor = from.seq ?? 0;
      this.#first = from;
    }
    this.#told = typeof from === "number" && from > 0;
    this.extensions = options.extensions;
    live.attach(this);
  }

  start(sink: EventSink): void {
    this.#sink = sink;
    if (this.#over) return sink.cut();
    this.#advance();
  }

  /** Called at each commit with the entries that became durable. */
  push(entries: readonly Entry[]): void {
    if (this.#sink === undefined || this.#blocked || this.#reading || this.#over) return;
    try {
      if (this.#first === undefined && entries[0]?.seq === this.#cursor + 1) this.#deliver(entries);
      else this.#advance();
    } catch (error) {
      // One reader's trouble is not that of the task and its other readers.
      this.#break(error);
    }
  }

  resume(): void {
    this.#blocked = false;
    this.#options.laggards.delete(this);
    this.#advance();
  }

  /** Sends whatever is durable and not yet sent. */
  #advance(): void {
    if (this.#sink === undefined || this.#over || this.#blocked) return;
    if (this.#first !== undefined) {
      const first = this.#first;
      this.#first = undefined;
      this.#send([first]);
      // A run may have come to its end, or to a question, before there was a stream.
      if (this.#options.closes(first.state)) return this.#finish();
    }
    this.#catchUp();
  }

  #catchUp(): void {
    while (!this.#over && !this.#blocked && !this.#reading && this.#cursor < this.#live.committed) {
      try {
        const read = this.#options.journal.read(this.#live.id, this.#cursor, chunkBytes);
        if (read instanceof Promise) return this.#catchUpLater(read);
        if (!this.#take(read)) return;
      } catch (error) {
        return this.#break(error);
      }
    }
    if (this.#complete) this.#finish();
    else if (this.#live.lost && this.#caughtUp) this.cut();
  }

  /** Everything of a task that has ended was sent; true without an ending event only when the cursor was past it. */
  get #complete(): boolean {
    const { committed, seq, state } = this.#live;
    return this.#caughtUp && committed === seq && isTerminal(state);
  }

  /** Everything durable was sent. */
  get #caughtUp(): boolean {
    return !this.#over && !this.#blocked && !this.#reading && this.#cursor >= this.#live.committed;
  }

  #catchUpLater(read: Promise<readonly Entry[] | undefined>): void {
    this.#reading = true;
    read
      .then(
        (entries) => {
          this.#reading = false;
          if (!this.#over && this.#take(entries)) this.#catchUp();
        },
        (error: unknown) => this.#break(error),
      )
      .catch((error: unknown) => this.#break(error));
  }

  /** @returns whether there may be more to read. */
  #take(entries: readonly Entry[] | undefined): boolean {
    // They were folded away, or the task was removed.
    if (entries === undefined || entries.length === 0) {
      this.#restart();
      return false;
    }
    this.#deliver(entries);
    return true;
  }

  /** The entries at the cursor were folded away: the reader gets the task as it is and goes on from there. */
  async #restart(): Promise<void> {
    this.#reading = true;
    try {
      const snapshot = await this.#options.journal.load(this.#live.id);
      this.#reading = false;
      if (this.#over) return;
      if (snapshot === undefined) throw new A2AError("TASK_NOT_FOUND");
      this.#cursor = snapshot.head.seq;
      this.#send([{ seq: snapshot.head.seq, json: `{"task":${snapshot.json}}` }]);
      if (this.#options.closes(snapshot.head.state)) this.#finish();
      else this.#advance();
    } catch (error) {
      this.#break(error);
    }
  }

  #deliver(entries: readonly Entry[]): void {
    const closing = entries.findIndex((entry) => {
      const state = entry.state;
      return state !== undefined && this.#options.closes(state);
    });
    const sent = closing < 0 || closing === entries.length - 1 ? entries : entries.slice(0, closing + 1);
    this.#cursor = (sent.at(-1) as Entry).seq;
    this.#send(sent);
    if (closing >= 0) this.#finish();
  }

  /** The reader is to go on elsewhere, as soon as it knows what it reads. */
  leave(): void {
    if (this.#told) return this.cut();
    this.#leaving = true;
  }

  #send(events: readonly StreamEvent[]): void {
    this.#told = true;
    // What is written has to be on its way first.
    if (this.#leaving) setTimeout(() => this.cut(), flushMillis);
    if ((this.#sink as EventSink).send(events) || this.#over) return;
    this.#blocked = true;
    this.blockedAt = Date.now();
    this.blockedWeight = this.#live.weight;
    this.#options.laggards.add(this);
  }

  /** Content produced since the reader stopped reading. */
  get lag(): number {
    return this.#live.weight - this.blockedWeight;
  }

  /** The reader is too slow, or the task's record was lost: it is disconnected and resumes from the journal. */
  cut(): void {
    if (this.#leave()) this.#sink?.cut();
  }

  #finish(): void {
    if (this.#leave()) this.#sink?.end();
  }

  #break(error: unknown): void {
    if (this.#leave())
      this.#sink?.end(
        error instanceof A2AError ? error : new A2AError("INTERNAL_ERROR", undefined, { cause: error }),
      );
  }

  cancel(): void {
    this.#leave();
  }

  #leave(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#options.laggards.delete(this);
    this.#live.detach(this);
    this.#options.ended(this.#live);
    return true;
  }
}
