import type { Claim, ClaimedPlace, Entry, Log, Outbox } from "../ports/index.js";
import { unref } from "../ports/timers.js";
import { Channel, type Delivery } from "./channel.js";
import type { Ledger } from "./ledger.js";

export interface SenderOptions {
  readonly outbox: Outbox;
  readonly log: Log;
  readonly node: string;
  readonly leaseMillis: number;
  /** Other nodes use the store too: what they leave behind is looked for now and then. */
  readonly shared: boolean;
}

type Channels = Map<string, Channel>;

/** How long after the start it is looked for what was left from before: who calls first is answered first. */
const firstMillis = 50;

/** How often places are looked for that are due. */
const tickMillis = 1000;

/** In ticks: how often those are looked for that other nodes have left, and configurations without a task. */
const scanTicks = 5;
const sweepTicks = 600;

/** A configuration whose task did not come to be in this time never gets one. */
const orphanMillis = 3_600_000;

/** How long a place stays claimed that has nothing to send: its task may go on any moment. */
const lingerMillis = 5000;

/** Places that are worked on at a time. */
const maxOpen = 5000;

/** How long a channel waits for its next attempt; longer waits are the outbox's. */
const patienceMillis = 15_000;

/** Tasks that are claimed for at a time. */
const tasksAtOnce = 500;

/** Claims places that have something to send, and has a channel for each. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #delivery: Delivery;
  readonly #ledger: Ledger;
  /** By task, then by configuration. */
  readonly #channels = new Map<string, Channels>();
  #open = 0;
  #closingMillis = Number.POSITIVE_INFINITY;
  /** Tasks that have grown, with the new entries. */
  #wanted = new Map<string, readonly Entry[]>();
  #due = false;
  /** There may be places that nobody works on. */
  #scan = true;
  #claiming: Promise<void> | undefined;
  #first: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;
  #failed = false;

  constructor(options: SenderOptions, delivery: Delivery) {
    this.#options = options;
    this.#delivery = delivery;
    this.#ledger = delivery.ledger;
  }

  open(): void {
    this.#timer ??= unref(setInterval(() => this.#tick(), tickMillis));
    this.#scan = true;
    this.#first = unref(setTimeout(() => void this.#claim(), firstMillis));
  }

  /**
   * A task has new entries.
   * @param configs How many configurations it has, if that is known.
   */
  publish(taskId: string, entries: readonly Entry[], configs: number | undefined): void {
    const channels = this.#channels.get(taskId);
    if (channels) for (const channel of channels.values()) channel.add(entries);
    if (channels === undefined || channels.size !== configs) this.want(taskId, entries);
  }

  /** Looks for places of a task that are behind. */
  want(taskId: string, entries: readonly Entry[] = []): void {
    const first = this.#wanted.size === 0;
    const before = this.#wanted.get(taskId);
    this.#wanted.set(taskId, before ? [...before, ...entries] : entries);
    // Everything that is committed together is claimed together.
    if (first) queueMicrotask(() => void this.#claim());
  }

  /** Stops what is being sent: the configuration is another or gone. */
  drop(taskId: string, configId: string): void {
    this.#channels.get(taskId)?.get(configId)?.stop();
  }

  /** Waits for what can be sent by then, then gives all places back. @returns how many still have something to send */
  async close(deadlineMs: number): Promise<number> {
    const deadlineAt = performance.now() + deadlineMs;
    this.#closingMillis = deadlineMs;
    this.#count(0);
    clearTimeout(this.#first);
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#claim();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    const waits = ({ wakesAt = 0 }: Channel) => wakesAt > deadlineAt;
    await Promise.race([
      deadline,
      Promise.all(this.#all.map((each) => (waits(each) ? undefined : each.running))),
    ]);
    clearTimeout(timer);
    let unsent = 0;
    for (const channel of this.#all) {
      if (channel.running !== undefined) unsent++;
      const { wakesAt } = channel;
      channel.leave(wakesAt === undefined ? undefined : Math.max(0, wakesAt - performance.now()));
    }
    await this.#ledger.flush();
    this.#ledger.close();
    return unsent;
  }

  get #all(): readonly Channel[] {
    return [...this.#channels.values()].flatMap((channels) => [...channels.values()]);
  }

  #tick(): void {
    const idle = performance.now() - lingerMillis;
    for (const channel of this.#all) if ((channel.idleSince ?? idle) < idle) channel.leave();
    this.#ticks++;
    this.#due = true;
    if (this.#options.shared && this.#ticks % scanTicks === 0) this.#scan = true;
    if (this.#ticks % sweepTicks === 1) void this.#sweep();
    void this.#claim();
  }

  async #sweep(): Promise<void> {
    try {
      const orphans = await this.#options.outbox.sweep(orphanMillis);
      if (orphans > 0)
        this.#options.log.info(
          "Push notification configurations of tasks that never came to be were removed",
          {
            orphans,
          },
        );
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Claims until there is nothing left to look for, or no room. */
  #claim(): Promise<void> {
    this.#claiming ??= this.#claimAll().finally(() => {
      this.#claiming = undefined;
    });
    return this.#claiming;
  }

  async #claimAll(): Promise<void> {
    try {
      for (let of = this.#next(); of !== undefined; of = this.#next()) await this.#claimSome(of);
      this.#failed = false;
    } catch (error) {
      this.#scan = true;
      this.#tell(error);
    }
  }

  /** Where to look next. */
  #next(): Claim["of"] | undefined {
    if (this.#open >= maxOpen) {
      this.#wanted.clear();
      this.#scan = true;
      return undefined;
    }
    if (this.#wanted.size > 0) return [...this.#wanted.keys()].slice(0, tasksAtOnce);
    if (this.#scan) return "all";
    return this.#due ? "due" : undefined;
  }

  async #claimSome(of: Claim["of"]): Promise<void> {
    const { outbox, node, leaseMillis } = this.#options;
    const limit = maxOpen - this.#open;
    const fresh = new Map<string, readonly Entry[]>();
    if (typeof of === "string") {
      this.#due = false;
      if (of === "all") this.#scan = false;
      await this.#ledger.flush();
    } else {
      for (const taskId of of) {
        fresh.set(taskId, this.#wanted.get(taskId) ?? []);
        this.#wanted.delete(taskId);
      }
      if (of.some((taskId) => this.#ledger.releasing(taskId))) await this.#ledger.flush();
    }
    const began = performance.now();
    const places = await outbox.claim({ node, leaseMillis, limit, of });
    for (const place of places) this.#start(place, began + leaseMillis, fresh.get(place.config.taskId) ?? []);
    if (places.length === limit) this.#scan = true;
  }

  #start(place: ClaimedPlace, heldUntil: number, entries: readonly Entry[]): void {
    const { taskId, id } = place.config;
    // Should its lease have run out here, it is this one's again.
    this.drop(taskId, id);
    const channel = new Channel(place, this.#delivery, heldUntil, (left) => this.#left(left));
    const channels = this.#channels.get(taskId) ?? new Map<string, Channel>();
    this.#channels.set(taskId, channels);
    channels.set(id, channel);
    this.#count(1);
    channel.add(entries);
    channel.start();
  }

  #left(channel: Channel): void {
    const channels = this.#channels.get(channel.taskId);
    if (channels?.get(channel.configId) !== channel) return;
    channels.delete(channel.configId);
    if (channels.size === 0) this.#channels.delete(channel.taskId);
    this.#count(-1);
  }

  /** Those who wait leave sooner when there are many, so that others find room. */
  #count(by: number): void {
    this.#open += by;
    const patience = this.#open > maxOpen / 4 ? 0 : patienceMillis;
    this.#delivery.patienceMillis = Math.min(patience, this.#closingMillis / 2);
  }

  #tell(error: unknown): void {
    if (!this.#failed) this.#options.log.error("The outbox of push notifications cannot be read", { error });
    this.#failed = true;
  }
}
