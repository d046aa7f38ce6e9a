import { unref } from "../ports/timers.js";
import type { TaskStream } from "./stream.js";

/** Readers that do not read: one timer for all of them cuts those that lag too long or too far behind. */
export class Laggards {
  readonly #streams = new Set<TaskStream>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param maxMillis How long a reader may leave its connection full.
   * @param maxWeight How many characters of content the task may produce meanwhile.
   */
  constructor(
    readonly maxMillis: number,
    readonly maxWeight: number,
  ) {}

  add(stream: TaskStream): void {
    this.#streams.add(stream);
    if (this.#timer !== undefined) return;
    this.#timer = unref(setInterval(() => this.#sweep(), 250));
  }

  delete(stream: TaskStream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const oldest = Date.now() - this.maxMillis;
    for (const stream of this.#streams) {
      if (stream.blockedAt < oldest || stream.lag > this.maxWeight) stream.cut();
    }
  }
}
