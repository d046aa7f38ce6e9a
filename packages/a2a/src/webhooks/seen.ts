import type { MaybePromise } from "../ports/index.js";

/** Remembers which webhooks were handled. A receiver of several processes keeps this where all of them see it. */
export interface Seen {
  has(id: string): MaybePromise<boolean>;
  add(id: string): MaybePromise<void>;
}

/** The last ids, in memory. */
export class SeenIds implements Seen {
  readonly #ids = new Set<string>();
  readonly #limit: number;

  /** @param limit How many are remembered; 10,000 unless told. */
  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
