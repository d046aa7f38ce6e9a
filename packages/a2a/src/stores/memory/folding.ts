/** The queue of ended tasks whose entries are still kept for readers that resume. One timer serves them all. */

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
  readonly #drop: (item: T) => boolean;
  /** A ring: the newest is before `#next`. */
  readonly #ring: ({ readonly item: T; readonly dueAt: number } | undefined)[];
  #next = 0;
  #size = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param drop Whether the item was dropped, and not kept for somebody who waits for it. */
  constructor(options: FoldingOptions, drop: (item: T) => boolean) {
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

  /** Drops the longest ended one if `due` holds of it. Undefined when there is none or it does not. */
  dropNext(due: (item: T) => boolean): boolean | undefined {
    const oldest = this.#size > 0 ? this.#ring[this.#oldest] : undefined;
    return oldest && due(oldest.item) ? this.#dropOldest() : undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #oldest(): number {
    return (this.#next - this.#size + this.#ring.length) % this.#ring.length;
  }

  #dropOldest(): boolean {
    const at = this.#oldest;
    const oldest = this.#ring[at];
    this.#ring[at] = undefined;
    this.#size--;
    return oldest !== undefined && this.#drop(oldest.item);
  }

  #arm(millis: number): void {
    this.#timer = setTimeout(() => this.#sweep(), millis);
    // In a browser or a Worker it is a number, and nothing waits for it.
    if (typeof this.#timer === "object") this.#timer.unref();
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = performance.now();
    while (this.#size > 0 && (this.#ring[this.#oldest]?.dueAt ?? 0) <= now) this.#dropOldest();
    if (this.#size > 0) this.#arm(this.#options.delayMillis / 2);
  }
}
