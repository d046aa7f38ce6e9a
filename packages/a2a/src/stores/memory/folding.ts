/** The queue of ended tasks whose entries are still kept for readers that resume. One timer serves them all. */
import { unref } from "../../ports/timers.js";

export interface FoldingOptions {
  /** How long an ended task's entries are kept at least; they are gone after one and a half times that. */
  readonly delayMillis: number;
  /**
   * How many ended tasks that streams have shown keep their entries at most; the longest ended loses them first.
   * Of the others a hundredth as many do: nobody has the number of an event to resume from, and what lives long
   * but not for ever is what costs a garbage collector most.
   */
  readonly keep: number;
}

export class Folding<T> {
  readonly #options: FoldingOptions;
  readonly #drop: (item: T) => void;
  /** A ring: the newest is before `#next`. */
  readonly #ring: ({ readonly item: T; readonly dueAt: number } | undefined)[];
  #next = 0;
  #size = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FoldingOptions, drop: (item: T) => void) {
    this.#options = options;
    this.#drop = drop;
    this.#ring = new Array(options.keep).fill(undefined);
  }

  add(item: T): void {
    const { keep, delayMillis } = this.#options;
    if (keep === 0) {
      this.#drop(item);
      return;
    }
    if (this.#size === keep) this.#dropOldest();
    this.#ring[this.#next] = { item, dueAt: performance.now() + delayMillis };
    this.#next = (this.#next + 1) % keep;
    this.#size++;
    if (this.#timer === undefined) this.#arm(delayMillis);
  }

  /** Those that are kept, the longest ended first. */
  *items(): Generator<T> {
    for (let i = 0; i < this.#size; i++) {
      const kept = this.#ring[(this.#oldest + i) % this.#ring.length];
      if (kept) yield kept.item;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #oldest(): number {
    return (this.#next - this.#size + this.#ring.length) % this.#ring.length;
  }

  #dropOldest(): void {
    const at = this.#oldest;
    const oldest = this.#ring[at];
    this.#ring[at] = undefined;
    this.#size--;
    if (oldest) this.#drop(oldest.item);
  }

  #arm(millis: number): void {
    this.#timer = unref(setTimeout(() => this.#sweep(), millis));
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = performance.now();
    while (this.#size > 0 && (this.#ring[this.#oldest]?.dueAt ?? 0) <= now) this.#dropOldest();
    if (this.#size > 0) this.#arm(this.#options.delayMillis / 2);
  }
}
