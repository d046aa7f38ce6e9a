/**
 * A task that something is going on with: a run, a reader waiting for a commit, a stream.
 * It holds the fold up to the last recorded entry, which may be ahead of what is committed.
 */
import {
  type Append,
  Entry,
  type Lease,
  type Note,
  type Snapshot,
  type TaskEvent,
  type TaskHead,
} from "../ports/index.js";
import { A2AError, applyEvent, isSettled, isTerminal, type Task, type TaskState } from "../protocol/index.js";
import { PendingNotes } from "./pending-notes.js";
import type { Run } from "./run.js";
import type { TaskStream } from "./stream.js";
import { messageSize } from "./task-size.js";

/** Content past which the fold keeps only ids and status; readers then fold the journal. In characters. */
const foldLimit = 4 * 1024 * 1024;

/** A Task as JSON, and the entry that it is folded up to. */
export interface TaskText {
  readonly text: string;
  readonly seq: number;
}

interface Waiter {
  /** Released when this entry is committed; undefined until it is known. */
  seq: number | undefined;
  /** Waits for a settled state recorded after this entry; undefined for whoever waits for an entry. */
  settledAfter: number | undefined;
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
  /** Characters of the Task as it came to life, and of the events since; grows only. */
  size = 0;
  hollow = false;
  run: Run | undefined;
  /** The next record of the engine's table. */
  next: LiveTask | undefined;
  /** Calls at work on it that are not yet among its waiters or streams. */
  held = 0;
  /** What was recorded here will never be committed: whoever comes now is told so. */
  lost: A2AError | undefined;
  pending: Entry[] = [];
  /** It waits for the next commit. */
  dirty = false;
  /** What its entries are written under; undefined where a store has one node, or while another node works on it. */
  lease: Lease | undefined;
  /** Its entries were refused, and nothing is committed until they are on top of what others wrote. */
  rebasing = false;
  /** The last entry that other nodes have told of. */
  heard = 0;
  streams: Set<TaskStream> | undefined;
  /** A stream reads it, did since it became live, or may have before. */
  watched = false;
  #waiters: Waiter[] | undefined;
  #notes: PendingNotes | undefined;
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
  fold(entry: Entry, event: TaskEvent, content: number, size: number): void {
    this.task = applyEvent(this.task, event, entry.message);
    this.seq = entry.seq;
    this.weight += content;
    this.size += size;
    this.pending.push(entry);
    if (this.hollow) this.#empty(event.artifactUpdate?.artifact.artifactId);
    else if (this.weight > foldLimit) this.#hollowOut();
    if (this.#waiters && isSettled(this.state)) {
      for (const waiter of this.#waiters) {
        const { settledAfter } = waiter;
        if (settledAfter === undefined || waiter.seq !== undefined) continue;
        if (entry.seq > settledAfter && entry.state !== undefined) this.#settle(waiter);
      }
    }
  }

  #settle(waiter: Waiter): void {
    waiter.seq = this.seq;
    waiter.text = this.text();
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

  /**
   * This node works on the task from here on. False where it has a later holder, or something is under way on this record:
   * that was recorded under another lease, and is refused.
   */
  grant(lease: Lease): boolean {
    if (this.lost || this.run || !this.atRest || (this.lease?.epoch ?? 0) >= lease.epoch) return false;
    this.lease = lease;
    return true;
  }

  /** Keeps a note beside the entries, under the same lease. Resolves when it is durable. */
  note(note: Note): Promise<void> {
    if (this.lost) return Promise.reject(this.lost);
    this.#notes ??= new PendingNotes();
    return this.#notes.add(note);
  }

  /** Hands over what is pending, to be committed. */
  takeAppend(): Append {
    const entries = this.pending;
    this.pending = [];
    this.dirty = false;
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
    const append: Append =
      !isTerminal(head.state) || this.hollow
        ? { head, expected, entries, watched }
        : { head, expected, entries, watched, snapshot: () => this.text() as string };
    return this.#notes || this.lease ? { ...append, ...this.#besides() } : append;
  }

  #besides(): Pick<Append, "notes" | "lease"> {
    const notes = this.#notes?.take();
    // Of a run that was stopped before its task ended, the node that leaves is the one that others find it by.
    const node = this.run || !isSettled(this.state) ? this.lease?.node : undefined;
    return {
      ...(notes?.length && { notes }),
      ...(this.lease && { lease: { node, epoch: this.lease.epoch } }),
    };
  }

  /** Nothing is recorded that is not committed. */
  get atRest(): boolean {
    return this.committed === this.seq && !this.rebasing && (this.#notes?.empty ?? true);
  }

  /** Nothing of it happens here, so that only the store knows how far it is. */
  get elsewhere(): boolean {
    return this.run === undefined && this.atRest;
  }

  /** Entries that another node wrote, when nothing of this one's own is under way. */
  absorb(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { event, json, message } = entry;
      this.fold(entry, event, json.length, json.length + (message ? messageSize(message) : 0));
      if (message) this.run?.hear(entry.seq, message);
    }
    this.pending = [];
    this.commit(entries, this.seq);
    if (isTerminal(this.state)) this.run?.stop();
  }

  /** An append was refused: it is to be taken again. */
  putBack(entries: readonly Entry[]): void {
    this.rebasing = true;
    this.pending = [...entries, ...this.pending];
    this.#notes?.putBack();
  }

  /**
   * Starts again from what is stored, with what is pending on top of it, as far as it may still follow.
   * @param messages Entries with users' messages that came meanwhile.
   */
  rebase({ head, json }: Snapshot, messages: readonly Entry[]): void {
    const entries = this.pending;
    const { committed: old, statusMillis } = this;
    this.pending = [];
    this.task = JSON.parse(json) as Task;
    this.#textSeq = -1;
    this.size = json.length;
    this.seq = this.committed = head.seq;
    this.statusMillis = entries.some((entry) => !entry.artifactOnly) ? statusMillis : head.statusMillis;
    this.rebasing = false;
    if (this.hollow) for (const artifact of this.task.artifacts ?? []) artifact.parts = [];
    this.#shiftWaiters(old, head.seq - old);
    for (const { seq, message } of messages) if (message) this.run?.hear(seq, message);
    if (isTerminal(this.state)) this.#dropPending();
    else for (const { json, message } of entries) this.#refold(new Entry(this.seq + 1, json, message));
    this.commit([], head.seq);
  }

  #refold(entry: Entry): void {
    this.fold(entry, entry.event, 0, entry.json.length);
  }

  /** Who waits for entries that are to be written again waits for their new numbers. */
  #shiftWaiters(old: number, by: number): void {
    for (const waiter of this.#waiters ?? []) {
      const { seq, settledAfter } = waiter;
      if (settledAfter === undefined) {
        if (seq !== undefined && seq > old) waiter.seq = seq + by;
        continue;
      }
      if (settledAfter > old) waiter.settledAfter = settledAfter + by;
      waiter.seq = waiter.text = undefined;
      if (isSettled(this.state) && this.seq > (waiter.settledAfter ?? 0)) this.#settle(waiter);
    }
  }

  /** The task has ended elsewhere: what was to be written here never will be. */
  #dropPending(): void {
    const error = hasEnded(this);
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const waiter of waiters) {
      if ((waiter.seq ?? waiter.settledAfter ?? 0) > this.seq) waiter.reject(error);
      else this.#wait(waiter);
    }
    this.#notes?.reject(error);
    this.run?.stop();
  }

  /** Entries are durable: whoever waited for them is served. */
  commit(entries: readonly Entry[], seq: number): void {
    this.committed = seq;
    this.#notes?.committed();
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
    this.pending = [];
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const waiter of waiters) waiter.reject(error);
    this.#notes?.reject(error);
    for (const stream of this.streams ?? []) stream.cut();
    this.run?.stop();
  }

  /** Resolves when everything recorded so far is durable. */
  durable(): Promise<void> | undefined {
    if (this.committed >= this.seq) return undefined;
    if (this.lost) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      this.#wait({ seq: this.seq, settledAfter: undefined, resolve, reject, text: undefined });
    });
  }

  /** The Task once it settles after entry `seq` and that is durable; undefined when it is hollow. */
  settled(seq: number): Promise<TaskText | undefined> {
    if (this.lost) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      const already = this.seq > seq && isSettled(this.state);
      const waiter: Waiter = {
        seq: already ? this.seq : undefined,
        settledAfter: seq,
        resolve: () => resolve(textOf(waiter)),
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

  /** The task goes on elsewhere: who waits here gets it as it is. */
  handOver(): void {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const waiter of waiters) waiter.resolve();
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
      this.atRest &&
      this.#waiters === undefined &&
      (isTerminal(this.state) || (this.run === undefined && this.streams === undefined))
    );
  }
}

const textOf = ({ text, seq }: Waiter): TaskText | undefined =>
  text === undefined || seq === undefined ? undefined : { text, seq };

/** To whoever has more for the task. */
export const hasEnded = ({ id, state }: LiveTask): A2AError =>
  new A2AError("UNSUPPORTED_OPERATION", "The task has ended and takes no more messages", {
    metadata: { taskId: id, state },
  });
