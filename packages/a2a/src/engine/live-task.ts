/**
 * A task that something is going on with: a run, a reader waiting for a commit, a stream.
 * It holds the fold up to the last recorded entry, which may be ahead of what is committed.
 */
import type { Append, Entry, TaskHead } from "../ports/index.js";
import {
  type A2AError,
  applyEvent,
  isSettled,
  isTerminal,
  type Task,
  type TaskState,
} from "../protocol/index.js";
import type { Run } from "./run.js";
import type { TaskStream } from "./stream.js";

/** Content past which the fold keeps only ids and status; readers then fold the journal. In characters. */
const foldLimit = 4 * 1024 * 1024;

interface Waiter {
  /** Released when this entry is committed; undefined until it is known. */
  seq: number | undefined;
  /** Waits for a settled state recorded after this entry. */
  readonly settledAfter: number;
  resolve(): void;
  reject(error: A2AError): void;
  /** The task when it settled. */
  text: string | undefined;
}

export class LiveTask {
  readonly id: string;
  readonly contextId: string;
  readonly owner: string;
  /** The fold up to `seq`; without content once it is `hollow`. */
  task!: Task;
  seq: number;
  committed: number;
  statusMillis: number;
  /** Characters of content recorded while live; grows only. */
  weight = 0;
  hollow = false;
  run: Run | undefined;
  /** The next record of the engine's table. */
  next: LiveTask | undefined;
  /** Calls at work on it that are not yet among its waiters or streams. */
  held = 0;
  /** What was recorded here will never be committed: whoever comes now is told so. */
  lost: A2AError | undefined;
  pending: Entry[] = [];
  streams: Set<TaskStream> | undefined;
  /** A stream reads it, or did since it became live. */
  watched = false;
  #waiters: Waiter[] | undefined;
  #text: string | undefined;
  #textSeq = -1;

  constructor(head: Pick<TaskHead, "id" | "contextId" | "owner" | "seq" | "statusMillis">, task?: Task) {
    this.id = head.id;
    this.contextId = head.contextId;
    this.owner = head.owner;
    this.seq = head.seq;
    this.committed = head.seq;
    this.statusMillis = head.statusMillis;
    if (task) this.task = task;
  }

  get state(): TaskState {
    return this.task.status.state;
  }

  /** Folds an entry in. @throws A2AError INVALID_AGENT_RESPONSE when it may not follow; the task is then unchanged. */
  fold(entry: Entry, size: number): void {
    this.task = applyEvent(this.task, entry.event, entry.message);
    this.seq = entry.seq;
    this.weight += size;
    this.pending.push(entry);
    if (this.hollow) this.#empty(entry.event.artifactUpdate?.artifact.artifactId);
    else if (this.weight > foldLimit) this.#hollowOut();
    if (this.#waiters && isSettled(this.state)) {
      for (const waiter of this.#waiters) {
        if (waiter.seq === undefined && entry.seq > waiter.settledAfter && entry.state !== undefined) {
          waiter.seq = entry.seq;
          waiter.text = this.text();
        }
      }
    }
  }

  #hollowOut(): void {
    this.hollow = true;
    for (const artifact of this.task.artifacts ?? []) artifact.parts = [];
  }

  /** Drops what an event has brought. */
  #empty(artifactId: string | undefined): void {
    if (artifactId === undefined) return;
    const artifact = this.task.artifacts?.findLast((each) => each.artifactId === artifactId);
    if (artifact) artifact.parts = [];
  }

  /** The Task at `seq` as JSON, or undefined when it is hollow. Made once per entry. */
  text(): string | undefined {
    if (this.hollow) return undefined;
    if (this.#textSeq !== this.seq) {
      this.#text = JSON.stringify(this.task);
      this.#textSeq = this.seq;
    }
    return this.#text;
  }

  /** The same without artifacts, hollow or not. */
  textWithoutArtifacts(): string {
    return JSON.stringify({ ...this.task, artifacts: undefined });
  }

  /** Hands over what is pending, to be committed. */
  takeAppend(): Append {
    const entries = this.pending;
    this.pending = [];
    const head: TaskHead = {
      id: this.id,
      contextId: this.contextId,
      owner: this.owner,
      state: this.state,
      statusMillis: this.statusMillis,
      seq: this.seq,
    };
    const expected = this.seq - entries.length;
    const { watched } = this;
    if (!isTerminal(head.state) || this.hollow) return { head, expected, entries, watched };
    return { head, expected, entries, watched, snapshot: () => this.text() as string };
  }

  /** Entries are durable: whoever waited for them is served. */
  commit(entries: readonly Entry[], seq: number): void {
    this.committed = seq;
    if (this.streams) for (const stream of this.streams) stream.push(entries);
    if (this.#waiters) this.#release();
  }

  #release(): void {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const waiter of waiters) {
      if (waiter.seq !== undefined && waiter.seq <= this.committed) waiter.resolve();
      else this.#wait(waiter);
    }
  }

  /** Nothing recorded here can be committed any more: everyone who waits is told, streams are cut so that they resume. */
  lose(error: A2AError): void {
    this.lost = error;
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const waiter of waiters) waiter.reject(error);
    for (const stream of this.streams ?? []) stream.cut();
    this.run?.stop();
  }

  /** Resolves when everything recorded so far is durable. */
  durable(): Promise<void> | undefined {
    if (this.committed >= this.seq) return undefined;
    if (this.lost) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      this.#wait({ seq: this.seq, settledAfter: 0, resolve, reject, text: undefined });
    });
  }

  /** The Task as JSON once it settles after entry `seq` and that is durable; undefined text when it is hollow. */
  settled(seq: number): Promise<string | undefined> {
    if (this.lost) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      const already = this.seq > seq && isSettled(this.state);
      const waiter: Waiter = {
        seq: already ? this.seq : undefined,
        settledAfter: seq,
        resolve: () => resolve(waiter.text),
        reject,
        text: already ? this.text() : undefined,
      };
      if (already && this.committed >= this.seq) waiter.resolve();
      else this.#wait(waiter);
    });
  }

  #wait(waiter: Waiter): void {
    if (this.#waiters) this.#waiters.push(waiter);
    else this.#waiters = [waiter];
  }

  attach(stream: TaskStream): void {
    this.watched = true;
    this.streams ??= new Set();
    this.streams.add(stream);
  }

  detach(stream: TaskStream): void {
    this.streams?.delete(stream);
    if (this.streams?.size === 0) this.streams = undefined;
  }

  /** Nobody needs the record: whatever comes next can read the journal. */
  get idle(): boolean {
    return (
      this.held === 0 &&
      this.pending.length === 0 &&
      this.committed === this.seq &&
      this.#waiters === undefined &&
      (isTerminal(this.state) || (this.run === undefined && this.streams === undefined))
    );
  }
}
