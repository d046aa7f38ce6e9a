import { setTimeout as sleep } from "node:timers/promises";
import type { Work } from "../node/settings.js";
import { Reader } from "./reader.js";
import { begin } from "./requests.js";

export interface LoadOptions {
  readonly clients: number;
  readonly work: Work;
  /** The port of the node to ask next. */
  readonly port: () => number;
  /** How long a task may stand still before that is a fault. */
  readonly patienceMillis: number;
}

/** Clients that begin one task after the other and follow each to its end, whether there is a node or not. */
export class Load {
  /** Of tasks that were acknowledged. */
  readonly readers: Reader[] = [];
  /** Seen by all readers. */
  events = 0;
  inFlight = 0;
  /** When a task was acknowledged last, by `performance.now()`. */
  begunAt = 0;
  /** Messages that were answered with an error or not at all. */
  refused = 0;
  readonly #options: LoadOptions;
  readonly #clients: Promise<unknown>;
  #ending = false;
  #over = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Promise.all(Array.from({ length: options.clients }, (_, i) => this.#client(i)));
  }

  /** Not all clients have given up. */
  get working(): boolean {
    return this.#over < this.#options.clients;
  }

  /** What readers found wrong themselves. */
  get wrong(): string[] {
    return this.readers.flatMap((reader) => reader.wrong ?? []);
  }

  /** No more tasks are begun. Waits for those there are. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#clients;
  }

  async #client(first: number): Promise<void> {
    for (let i = first, fine = true; fine && !this.#ending; i++) {
      const reader = new Reader({ ...this.#options, saw: () => this.events++ });
      this.inFlight++;
      await this.#task(reader, i % 2 === 0);
      this.inFlight--;
      if (reader.taskId === undefined) this.refused++;
      if (reader.taskId === undefined) await sleep(20);
      fine = reader.wrong === undefined;
    }
    this.#over++;
  }

  async #task(reader: Reader, streaming: boolean): Promise<void> {
    const { work, port } = this.#options;
    if (streaming) await reader.send(work, () => this.#begun(reader));
    else {
      reader.taskId = await begin(port(), work).catch(() => undefined);
      if (reader.taskId === undefined) return;
      this.#begun(reader);
      await reader.follow();
    }
  }

  #begun(reader: Reader): void {
    this.begunAt = performance.now();
    this.readers.push(reader);
  }
}
