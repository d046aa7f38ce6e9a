import type { Entry, Log, MaybePromise, StoredPushConfig } from "../ports/index.js";
import { headersOf, loggable } from "./config.js";
import type { Post } from "./post.js";
import type { Slots } from "./slots.js";

export type OlderBody = (config: StoredPushConfig) => MaybePromise<string | undefined>;

/** How events are sent. */
export interface Delivery {
  readonly post: Post;
  readonly log: Log;
  readonly slots: Slots;
  /** The body of a notification in an older version, which says how the whole task stands; undefined where it is not spoken. */
  readonly olderBody: OlderBody | undefined;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Attempts per event. */
  readonly attempts: number;
  /** Before the second attempt; doubled before each further one, and jittered. */
  readonly backoffMs: number;
  /** Events that may wait per configuration; beyond it the oldest is dropped, for the newest says how the task stands. */
  readonly maxQueued: number;
  /** Characters that may wait; one event may always. */
  readonly maxQueuedSize: number;
}

/**
 * The events on their way to one configuration: in order, one at a time. An event that the receiver refuses is
 * skipped; when the receiver cannot be reached in all attempts, all that wait but the newest are dropped.
 */
export class Channel {
  readonly #queue: Entry[] = [];
  #size = 0;
  #sending: Promise<void> | undefined;
  #stopped = false;
  #dropped = 0;
  #refusing = false;

  constructor(
    public config: StoredPushConfig,
    readonly delivery: Delivery,
    readonly onIdle: () => void,
  ) {}

  /** Resolves when nothing waits any more; undefined when nothing does. */
  get sending(): Promise<void> | undefined {
    return this.#sending;
  }

  add(entries: readonly Entry[]): void {
    if (this.#stopped) return;
    const { maxQueued, maxQueuedSize } = this.delivery;
    for (const entry of entries) {
      this.#queue.push(entry);
      this.#size += entry.json.length;
      while (this.#queue.length > maxQueued || (this.#size > maxQueuedSize && this.#queue.length > 1)) {
        this.#drop();
      }
    }
    if (this.#queue.length > 0) this.#sending ??= this.#sendAll();
  }

  /** The next to send. What says how the task stands says it for all that wait. */
  #take(): Entry | undefined {
    let entry = this.#next();
    while (this.config.version !== undefined && this.#queue.length > 0) entry = this.#next();
    return entry;
  }

  #next(): Entry | undefined {
    const entry = this.#queue.shift();
    if (entry) this.#size -= entry.json.length;
    return entry;
  }

  #olderBody(): MaybePromise<string | undefined> {
    return this.config.version === undefined ? undefined : this.delivery.olderBody?.(this.config);
  }

  #drop(): void {
    this.#next();
    this.#dropped++;
  }

  /** Sends nothing more. @returns how many events will not be sent. */
  stop(): number {
    this.#stopped = true;
    this.#size = 0;
    return this.#queue.splice(0).length;
  }

  async #sendAll(): Promise<void> {
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      await this.#send(entry);
    }
    if (this.#dropped > 0) this.#warn("Push notifications were dropped", { dropped: this.#dropped });
    this.#dropped = 0;
    this.#sending = undefined;
    this.onIdle();
  }

  async #send(entry: Entry): Promise<void> {
    const { attempts, backoffMs } = this.delivery;
    let failure: Outcome = {};
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (attempt > 1) await delay(backoffMs * 2 ** (attempt - 2) * (0.5 + Math.random() / 2));
      if (this.#stopped) return;
      failure = await this.#attempt(entry);
      const { status = 503 } = failure;
      if (status >= 200 && status < 300) {
        this.#refusing = false;
        return;
      }
      if (!worthRepeating(status)) return this.#refused(status);
    }
    if (this.#stopped) return;
    while (this.#queue.length > 1) this.#drop();
    this.#warn("A push notification could not be delivered", { attempts, ...failure });
  }

  async #attempt(entry: Entry): Promise<Outcome> {
    const { post, slots, timeoutMs } = this.delivery;
    const { host } = new URL(this.config.url);
    await slots.take(host);
    try {
      if (this.#stopped) return {};
      const { status } = await post(this.config.url, {
        headers: headersOf(this.config),
        body: (await this.#olderBody()) ?? entry.json,
        timeoutMs,
      });
      return { status };
    } catch (error) {
      return { error: error instanceof Error ? error.message : "unknown" };
    } finally {
      slots.give(host);
    }
  }

  /** Told once until something is accepted again: a receiver that refuses often refuses all. */
  #refused(status: number): void {
    if (!this.#refusing) this.#warn("A push notification was refused", { status });
    this.#refusing = true;
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    const { taskId, id, url } = this.config;
    this.delivery.log.warn(message, { taskId, pushNotificationConfigId: id, url: loggable(url), ...fields });
  }
}

interface Outcome {
  readonly status?: number;
  /** There was no usable answer. */
  readonly error?: string;
}

/** Too slow, too early, too many, or the receiver's own trouble; other refusals would come again. */
function worthRepeating(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => unref(setTimeout(resolve, millis)));
}

/** A waiting retry alone keeps no process running, where the host has such a notion. */
function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function") {
    timer.unref();
  }
}
