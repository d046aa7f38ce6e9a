/**
 * News on their way out over a connection that may be slow or gone: one batch at a time, what comes meanwhile is
 * kept, of each task the last, for as many tasks as there is room. So a flood costs one map, however long it lasts.
 */
import type { Log, News } from "../ports/index.js";
import { Latest } from "./latest.js";

export interface OutboxOptions {
  /** Tells a batch. Rejects when the connection is gone: then the batch waits until there is one again. */
  readonly send: (news: readonly News[]) => Promise<void>;
  /** Tasks in one batch. */
  readonly batch: number;
  /** Tasks that may wait; the news of others are dropped. */
  readonly room: number;
  /** Between the start of one batch and the next, in milliseconds. */
  readonly apartMillis: number;
  readonly log: Log;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting: Latest;
  #connected = false;
  #sending: Promise<void> | undefined;
  /** Something was dropped and the log says so. */
  #dropped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#waiting = new Latest(options.room);
  }

  add(news: readonly News[]): void {
    for (const { taskId, seq } of news) {
      if (!this.#waiting.add(taskId, seq)) this.#drop();
    }
    this.#start();
  }

  /** There is a connection: what waits can go. */
  connected(): void {
    this.#connected = true;
    this.#start();
  }

  disconnected(): void {
    this.#connected = false;
  }

  /** Tells what waits if that can be done within so many milliseconds. Nothing may be added from here on. */
  async close(millis: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, millis);
    });
    await Promise.race([this.#flushed(), late]);
    clearTimeout(timer);
    this.#connected = false;
    this.#waiting.clear();
  }

  async #flushed(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  #start(): void {
    if (this.#sending || !this.#connected || this.#waiting.size === 0) return;
    this.#sending = this.#run().finally(() => {
      this.#sending = undefined;
      this.#start();
    });
  }

  async #run(): Promise<void> {
    // Once this turn of the event loop has said all it has to say.
    await undefined;
    while (this.#connected && this.#waiting.size > 0) {
      const batch = this.#waiting.take(this.#options.batch);
      const apart = pause(this.#waiting.size === 0 ? this.#options.apartMillis : 0);
      try {
        await this.#options.send(batch);
        this.#dropped = false;
      } catch {
        this.#connected = false;
        for (const { taskId, seq } of batch) this.#waiting.add(taskId, seq);
      }
      await apart;
    }
  }

  #drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#options.log.warn("The bus is away and too much waits to be told: other nodes will notice later", {
      tasks: this.#waiting.size,
    });
  }
}

function pause(millis: number): Promise<void> | undefined {
  return millis > 0 ? new Promise((resolve) => setTimeout(resolve, millis)) : undefined;
}
