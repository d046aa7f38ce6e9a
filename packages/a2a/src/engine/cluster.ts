/**
 * What an engine does when several nodes share its store. The journal decides: a node hears that a task has
 * grown, reads what is new, and acts on it. A node that dies stops beating, and another takes its tasks over.
 */
import {
  type Bus,
  Entry,
  type Interjected,
  type Interjection,
  type Journal,
  type Lease,
  type Log,
  type News,
  type Nodes,
  type TakenOver,
} from "../ports/index.js";
import { unref } from "../ports/timers.js";
import { A2AError } from "../protocol/index.js";
import { newId } from "./ids.js";
import type { LiveTask } from "./live-task.js";

/** Tasks taken over, or asked about, in one call of the store. */
const batchSize = 500;

/** How much of a task is read at once, in bytes. */
const readBytes = 1024 * 1024;

export interface ClusterOptions {
  readonly nodes: Nodes;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly log: Log;
  /** A node that has not beaten for so long is dead, in milliseconds. */
  readonly leaseMillis: number;
  /** How often live tasks are compared with the store, in case the bus lost something, in milliseconds. */
  readonly checkMillis: number;
  /** What is live on this node. */
  readonly lives: () => Iterable<LiveTask>;
  readonly live: (id: string) => LiveTask | undefined;
  /** Whether this node works on a task, or has yet to store what it did. */
  readonly works: (id: string) => boolean;
  /** This node is to work on a task. @param again It had it before. */
  readonly takeOver: (task: TakenOver, again: boolean) => Promise<void>;
  /** Another node works on a task: what was recorded here will not be committed. */
  readonly lost: (live: LiveTask, error: A2AError) => void;
  /** An entry became durable that went past the recorder. */
  readonly interjected: (id: string, entry: Entry) => void;
}

/** Reads of one task: the one under way, and the one that will see what was written since it began. */
interface Reading {
  readonly running: Promise<void>;
  next?: Promise<void>;
}

export class Cluster {
  /** One per process and start: a node that comes back is another one. */
  readonly node = newId();
  readonly #options: ClusterOptions;
  readonly #reading = new Map<LiveTask, Reading>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Tasks that this node is just becoming, or has just become, the holder of. */
  readonly #claiming = new Set<string>();
  /** Tasks that it held when it last looked, although it did not work on them. */
  #idle: ReadonlySet<string> = new Set();
  /** Tasks that it may still hold although their run was stopped. */
  readonly #dropped = new Set<string>();
  #closed = false;
  #retired = false;
  #failing = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { bus, leaseMillis, checkMillis } = this.#options;
    await bus.open(
      (news) => this.#hear(news),
      () => void this.#try(() => this.#check()),
      this.#options.log,
    );
    await this.#beat();
    this.#repeat(leaseMillis / 4, () => this.#beat());
    await this.#gather();
    this.#repeat(leaseMillis / 4, () => this.#gather());
    this.#repeat(checkMillis, () => this.#check());
  }

  /** A run was stopped of a task that the store may go on to name this node as the holder of. */
  drop(id: string): void {
    this.#dropped.add(id);
  }

  /** No more is taken over from here on. */
  retire(): void {
    this.#retired = true;
  }

  stop(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** The node goes: what it has not ended, others take over at once. */
  async leave(): Promise<void> {
    this.stop();
    await this.#options.nodes.leave(this.node);
    await this.#options.bus.close();
  }

  /** Something of a task is durable that other nodes may wait for. */
  committed(live: LiveTask): void {
    this.#options.bus.tell([{ taskId: live.id, seq: live.committed }]);
    if (live.heard > live.committed) this.#refreshSoon(live);
  }

  follow(id: string): void {
    this.#options.bus.follow(id);
  }

  unfollow(id: string): void {
    this.#options.bus.unfollow(id);
  }

  /** Puts an event at the end of a task that another node may work on. Undefined when its state has changed. */
  async interject(live: LiveTask, interjection: Interjection): Promise<Interjected | undefined> {
    const claims = live.run === undefined && interjection.node !== undefined && !this.#claiming.has(live.id);
    if (claims) this.#claiming.add(live.id);
    let done: Interjected | undefined;
    try {
      const node = claims ? interjection.node : undefined;
      done = await this.#options.nodes.interject({ ...interjection, node });
    } finally {
      if (claims) this.#claiming.delete(live.id);
    }
    if (done === undefined) return undefined;
    this.#options.bus.tell([{ taskId: live.id, seq: done.seq }]);
    this.#options.interjected(live.id, new Entry(done.seq, interjection.event, interjection.message));
    return done;
  }

  /** Brings a record up to what is stored by now. */
  refresh(live: LiveTask): Promise<void> {
    const reading = this.#reading.get(live);
    if (reading === undefined) return this.#read(live);
    const again = () => this.#read(live);
    reading.next ??= reading.running.then(again, again);
    return reading.next;
  }

  #read(live: LiveTask): Promise<void> {
    const running = this.#catchUp(live).finally(() => {
      if (this.#reading.get(live)?.running === running) this.#reading.delete(live);
    });
    this.#reading.set(live, { running });
    return running;
  }

  async #catchUp(live: LiveTask): Promise<void> {
    const { journal } = this.#options;
    for (;;) {
      const { committed } = live;
      // What is recorded here comes to rest first: it is taken, or refused and then put on top of what others wrote.
      if (!live.atRest) return;
      const entries = await journal.read(live.id, committed, readBytes);
      if (!live.atRest || live.committed !== committed) continue;
      if (entries !== undefined) {
        if (entries.length === 0) return;
        this.#absorb(live, entries);
        continue;
      }
      const snapshot = await journal.load(live.id);
      if (live.atRest && snapshot && snapshot.head.seq > live.committed) live.rebase(snapshot, []);
      return;
    }
  }

  /** A record that cannot be brought up to date is of no use to anybody. */
  #absorb(live: LiveTask, entries: readonly Entry[]): void {
    try {
      live.absorb(entries);
    } catch (cause) {
      this.#options.lost(live, new A2AError("UNAVAILABLE", undefined, { cause }));
      throw cause;
    }
  }

  /**
   * Another node was first: what was refused is put on top of what that wrote.
   * @param lease What was refused was written under.
   * @throws A2AError UNAVAILABLE when the task has had another holder since
   */
  async rebase(live: LiveTask, lease: Lease | undefined): Promise<void> {
    const { nodes, journal } = this.#options;
    const { committed } = live;
    const stand = (await nodes.stands([live.id])).get(live.id);
    const snapshot = await journal.load(live.id);
    if (snapshot === undefined || stand?.epoch !== lease?.epoch) throw takenOver();
    const messages = await this.messages(live.id, committed, snapshot.head.seq);
    live.rebase(snapshot, messages);
  }

  /** Entries with users' messages, after one up to another. */
  async messages(id: string, after: number, upTo: number): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let seq = after; seq < upTo; ) {
      const entries = await this.#options.journal.read(id, seq, readBytes);
      if (entries === undefined || entries.length === 0) break;
      for (const entry of entries) {
        if (entry.message && entry.seq <= upTo) found.push(entry);
        seq = entry.seq;
      }
    }
    return found;
  }

  #hear(news: readonly News[]): void {
    for (const { taskId, seq } of news) this.#grown(this.#options.live(taskId), seq);
  }

  #grown(live: LiveTask | undefined, seq: number): void {
    if (live === undefined || seq <= live.committed) return;
    // Told already, and about to be read.
    if (seq <= live.heard && this.#reading.has(live)) return;
    live.heard = seq;
    this.#refreshSoon(live);
  }

  #refreshSoon(live: LiveTask): void {
    this.refresh(live).catch((error: unknown) => {
      // The next check finds it again.
      live.heard = 0;
      this.#options.log.warn("A task could not be read", { taskId: live.id, error });
    });
  }

  async #beat(): Promise<void> {
    const { nodes, leaseMillis, log } = this.#options;
    const known = await nodes.beat(this.node, leaseMillis);
    if (known || this.#timers.size === 0) return;
    log.warn("This node was taken for dead; other nodes may have its tasks now");
    void this.#try(() => this.#check());
  }

  /** Begins again what the dead have left, and what this node holds although nobody works on it here. */
  async #gather(): Promise<void> {
    const { nodes, works } = this.#options;
    const idle = await this.#findIdle();
    const dropped = [...this.#dropped];
    let own = new Set([...idle, ...dropped]);
    while (!this.#closed && !this.#retired) {
      for (const id of own) if (works(id) || this.#claiming.has(id)) own.delete(id);
      const taken = await nodes.takeOver(this.node, batchSize, [...own]);
      for (const id of dropped) this.#dropped.delete(id);
      for (const task of taken) this.#claiming.add(task.id);
      for (const task of taken) await this.#begin(task, own.has(task.id));
      if (taken.length < batchSize) return;
      own = new Set();
    }
  }

  /**
   * The store names this node as the holder, but there is no run: it was away when the run was to begin or wrote its
   * last, or its answer got lost. Seen twice, as between the store's word and the run there is a moment.
   */
  async #findIdle(): Promise<string[]> {
    const { nodes, works } = this.#options;
    const before = this.#idle;
    const held = await nodes.held(this.node);
    const idle = held.filter((id) => !works(id) && !this.#claiming.has(id));
    this.#idle = new Set(idle);
    return idle.filter((id) => before.has(id));
  }

  /** What cannot be begun now is found again. */
  async #begin(task: TakenOver, again: boolean): Promise<void> {
    const { takeOver, log } = this.#options;
    try {
      if (!this.#closed) await takeOver(task, again);
    } catch (error) {
      log.warn("A task could not be begun again yet", { taskId: task.id, error });
    } finally {
      this.#claiming.delete(task.id);
    }
  }

  /** Finds what the bus did not tell, and what goes on here although another node has the task, or there is none. */
  async #check(): Promise<void> {
    const { nodes, lives, lost } = this.#options;
    const all = [...lives()].filter(({ committed }) => committed > 0);
    for (let from = 0; from < all.length; from += batchSize) {
      const some = all.slice(from, from + batchSize);
      const stands = await nodes.stands(some.map(({ id }) => id));
      for (const live of some) {
        const stand = stands.get(live.id);
        if (stand === undefined) lost(live, new A2AError("TASK_NOT_FOUND"));
        else if ((live.run || !live.atRest) && stand.epoch > (live.lease?.epoch ?? 0))
          lost(live, takenOver());
        else this.#grown(live, stand.seq);
      }
    }
  }

  /** A failure is told once until something works again. */
  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.log.error("The nodes' store does not answer", { error });
      this.#failing = true;
    }
  }

  /** Does it again and again, one at a time. */
  #repeat(millis: number, act: () => Promise<void>): void {
    const arm = () => {
      if (this.#closed) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#try(act).then(arm);
      }, millis);
      this.#timers.add(unref(timer));
    };
    arm();
  }
}

export const takenOver = () =>
  new A2AError("UNAVAILABLE", "Another node has taken the task over; try again", { retryAfter: 1 });
