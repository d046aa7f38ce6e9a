import type { ClaimedPlace, Entry, Journal, Log, Progress, StoredPushConfig } from "../ports/index.js";
import { isTerminal } from "../protocol/index.js";
import { type Attempts, attemptsAt, type Item, type Outcome, type Sending } from "./attempt.js";
import { loggable } from "./config.js";
import type { Ledger, Saver } from "./ledger.js";
import { jittered } from "./schedule.js";

/** How notifications are written for a client of another version. */
export interface Wording {
  /** Each event, from that of 1.0. */
  readonly event?: (json: string, seq: number) => string;
  /** How the whole task stands, in place of its events; undefined where it is gone. */
  readonly standing?: () => Promise<string | undefined>;
}

/** Undefined where the version is not spoken: notifications are those of 1.0 then. */
export type WordingOf = (config: StoredPushConfig) => Wording | undefined;

/** How events are delivered. */
export interface Delivery extends Sending {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly wordingOf: WordingOf;
  /** Before the second attempt at an event, the third, and so on, in milliseconds. */
  readonly schedule: readonly number[];
  /** Who waits longer than this gives the place back meanwhile. The sender says what it is now. */
  patienceMillis: number;
}

/** How much of the journal is kept at hand, in characters; one event always. */
const handful = 256 * 1024;

/** How long to leave a receiver alone that does not answer, or a store. */
const troubledMillis = 10_000;

/** The deliveries of one claimed place: the journal's entries after it, in order, one at a time. */
export class Channel implements Saver {
  heldUntil: number;
  /** Since when there is nothing to send, by `performance.now()`. */
  idleSince: number | undefined;
  /** Until when it waits for the next attempt. */
  wakesAt: number | undefined;
  readonly #config: StoredPushConfig;
  readonly #wording: Wording;
  readonly #delivery: Delivery;
  readonly #left: (channel: Channel) => void;
  #place: Pick<Progress, "seq" | "attempts" | "failing" | "error">;
  readonly #again: number[];
  /** Dead letters were to be sent, and there may be more of them. */
  readonly #replaying: boolean;
  /** Entries right after the place. */
  #ahead: Entry[] = [];
  #size = 0;
  /** The task's last entry, as far as is known here. */
  #grownTo: number;
  #ended: boolean;
  #attempts: Attempts | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(
    claimed: ClaimedPlace,
    delivery: Delivery,
    heldUntil: number,
    left: (channel: Channel) => void,
  ) {
    const { config, seq, attempts, failing, error, again, taskSeq, ended } = claimed;
    this.#config = config;
    this.#wording = (config.version !== undefined && delivery.wordingOf(config)) || {};
    this.#delivery = delivery;
    this.heldUntil = heldUntil;
    this.#left = left;
    this.#place = { seq, attempts, failing, error };
    this.#again = [...again];
    this.#replaying = again.length > 0;
    this.#grownTo = taskSeq;
    this.#ended = ended;
  }

  get taskId(): string {
    return this.#config.taskId;
  }

  get configId(): string {
    return this.#config.id;
  }

  /** Resolves when there is nothing to do for now; undefined when there is not. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** New entries of the task, which are durable. */
  add(entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (this.#stopped || last === undefined || last.seq <= this.#place.seq) return;
    for (const entry of entries) this.#append(entry);
    this.#learn(last);
    this.start();
  }

  /** Keeps an entry at hand if it is the next one and there is room; otherwise it is read from the journal in time. */
  #append(entry: Entry): void {
    const next = (this.#ahead.at(-1)?.seq ?? this.#place.seq) + 1;
    if (entry.seq !== next || (this.#size > 0 && this.#size + entry.json.length > handful)) return;
    this.#ahead.push(entry);
    this.#size += entry.json.length;
  }

  #learn(last: Entry): void {
    if (last.seq < this.#grownTo) return;
    this.#grownTo = last.seq;
    const { state } = last;
    if (state !== undefined && isTerminal(state)) this.#ended = true;
  }

  start(): void {
    if (this.#stopped) return;
    this.idleSince = undefined;
    this.#running ??= this.#run();
  }

  /** Sends nothing more; the place is not its own any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#wake?.();
    this.#left(this);
  }

  lost(): void {
    this.stop();
  }

  /** Gives the place back as it is. @param dueInMillis When to look at it again; when its task has grown, unless told. */
  leave(dueInMillis?: number): void {
    if (this.#stopped) return;
    this.#save({ keep: false, dueInMillis });
    this.stop();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped) {
        this.#attempts ??= await attemptsAt(this.#config, this.#delivery);
        const letter = this.#again.shift();
        if (letter !== undefined) await this.#sendAgain(letter, this.#attempts);
        else if (!(await this.#sendNext(this.#attempts))) return;
      }
    } catch (error) {
      this.#warn("Push notifications cannot be sent for now", { error });
      this.leave(jittered(troubledMillis));
    } finally {
      this.#running = undefined;
      // Something may have come after the last look.
      if (this.#grownTo > this.#place.seq) this.start();
    }
  }

  /** @returns false when there is nothing to send for now */
  async #sendNext(attempts: Attempts): Promise<boolean> {
    const item = (this.#wording.standing ? await this.#asItStands() : this.#ahead[0]) ?? (await this.#read());
    if (item === undefined) {
      // More may have come while that was found out.
      if (this.#grownTo > this.#place.seq) return true;
      this.#rest();
      return false;
    }
    const outcome = await attempts.make(this.#worded(item), () => this.#holds());
    if (!this.#stopped) await this.#conclude(item, outcome);
    return true;
  }

  /** One notification for all entries that wait, in versions that have no other. */
  async #asItStands(): Promise<Item | undefined> {
    const seq = this.#grownTo;
    if (seq <= this.#place.seq) return undefined;
    const json = await this.#wording.standing?.();
    return json === undefined ? undefined : { seq, json };
  }

  #worded(item: Item): Item {
    const { event } = this.#wording;
    return event ? { seq: item.seq, json: event(item.json, item.seq) } : item;
  }

  async #read(): Promise<Item | undefined> {
    const { journal } = this.#delivery;
    if (this.#ahead[0] !== undefined) return this.#ahead[0];
    if (this.#grownTo <= this.#place.seq) return undefined;
    const entries = await journal.read(this.taskId, this.#place.seq, handful);
    if (entries === undefined) return this.#snapshot();
    for (const entry of entries) this.#append(entry);
    const last = entries.at(-1);
    if (last) this.#learn(last);
    // The task was removed.
    else this.#grownTo = this.#place.seq;
    return this.#ahead[0];
  }

  /** Stands for entries that were folded away. */
  async #snapshot(): Promise<Item | undefined> {
    const snapshot = await this.#delivery.journal.load(this.taskId);
    if (snapshot === undefined) return undefined;
    const { seq, state } = snapshot.head;
    this.#grownTo = Math.max(this.#grownTo, seq);
    if (isTerminal(state)) this.#ended = true;
    return { seq, json: `{"task":${snapshot.json}}` };
  }

  /** Whether the place stays this node's for as long as an attempt takes. */
  async #holds(): Promise<boolean> {
    const { timeoutMs, ledger } = this.#delivery;
    if (this.#stopped) return false;
    if (performance.now() + timeoutMs < this.heldUntil) return true;
    this.#save();
    if (!(await ledger.flush())) this.leave(jittered(troubledMillis));
    return !this.#stopped;
  }

  async #conclude(item: Item, { error, gone, retryAfter = 0, unmade }: Outcome): Promise<void> {
    if (unmade) return this.leave(jittered(troubledMillis));
    if (error === undefined) return this.#advance(item.seq);
    if (gone) return this.#disable(error);
    const attempts = this.#place.attempts + 1;
    const delay = this.#delivery.schedule[attempts - 1];
    if (delay !== undefined && !this.#place.failing) {
      this.#place = { ...this.#place, attempts, error };
      return this.#pause(Math.max(jittered(delay), retryAfter));
    }
    if (!this.#place.failing)
      this.#warn("A push notification could not be delivered", { seq: item.seq, attempts, reason: error });
    this.#advance(item.seq, { seq: item.seq, attempts, error });
    if (retryAfter > 0) await this.#pause(retryAfter);
  }

  #advance(seq: number, given?: Progress["dead"][number]): void {
    this.#place = { seq, attempts: 0, failing: given !== undefined, error: given?.error };
    for (let first = this.#ahead[0]; first && first.seq <= seq; first = this.#ahead[0]) {
      this.#ahead.shift();
      this.#size -= first.json.length;
    }
    this.#save(given && { dead: [given] });
  }

  async #sendAgain(seq: number, attempts: Attempts): Promise<void> {
    const item = await this.#letter(seq);
    const { error, gone, unmade } = item ? await attempts.make(this.#worded(item), () => this.#holds()) : {};
    if (this.#stopped) return;
    if (unmade) return this.leave(jittered(troubledMillis));
    if (error === undefined) this.#save({ delivered: [seq] });
    else if (gone) this.#disable(error);
    else this.#save({ dead: [{ seq, attempts: 1, error }] });
  }

  /** An entry that was given up; undefined when its task was removed. */
  async #letter(seq: number): Promise<Item | undefined> {
    const whole = await this.#wording.standing?.();
    if (whole !== undefined) return { seq, json: whole };
    const entry = (await this.#delivery.journal.read(this.taskId, seq - 1, 1))?.[0];
    if (entry?.seq === seq) return entry;
    const snapshot = await this.#snapshot();
    return snapshot && { ...snapshot, seq };
  }

  /** Nothing is to be sent for now. */
  #rest(): void {
    if (this.#replaying) return this.leave(0);
    if (!this.#ended) {
      this.idleSince = performance.now();
      return;
    }
    this.#save({ keep: false, state: "done" });
    this.stop();
  }

  #disable(error: string): void {
    this.#warn("A push notification configuration was disabled by its receiver", { reason: error });
    this.#place = { ...this.#place, error };
    this.#save({ keep: false, state: "disabled" });
    this.stop();
  }

  async #pause(millis: number): Promise<void> {
    if (millis > this.#delivery.patienceMillis) return this.leave(millis);
    this.#save({ dueInMillis: millis });
    this.wakesAt = performance.now() + millis;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    this.wakesAt = undefined;
  }

  #save(more: Partial<Progress> = {}): void {
    const { taskId, configId } = this;
    const rest = { state: "active", keep: true, dead: [], delivered: [] } as const;
    this.#delivery.ledger.put(this, { taskId, configId, ...this.#place, ...rest, ...more });
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    const { taskId, id, url } = this.#config;
    this.#delivery.log.warn(message, { taskId, pushNotificationConfigId: id, url: loggable(url), ...fields });
  }
}
