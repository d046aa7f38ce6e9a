/**
 * Leave to send: so many requests at a time in all, and so many to one host, so that a host that
 * does not answer holds up neither the others nor more than its share.
 */
export class Slots {
  readonly #lanes = new Map<string, Lane>();
  #taken = 0;

  constructor(
    readonly total: number,
    readonly perHost: number,
  ) {}

  /** Resolves when a request to `host` may be sent; `give` it back after. */
  take(host: string): Promise<void> {
    const lane = this.#lanes.get(host) ?? { taken: 0, waiting: [] };
    this.#lanes.set(host, lane);
    return new Promise((resolve) => {
      lane.waiting.push(resolve);
      this.#next();
    });
  }

  give(host: string): void {
    const lane = this.#lanes.get(host);
    if (lane === undefined) return;
    this.#taken--;
    lane.taken--;
    if (lane.taken === 0 && lane.waiting.length === 0) this.#lanes.delete(host);
    this.#next();
  }

  #next(): void {
    if (this.#taken >= this.total) return;
    for (const [host, lane] of this.#lanes) {
      if (lane.taken >= this.perHost) continue;
      const start = lane.waiting.shift();
      if (start === undefined) continue;
      this.#taken++;
      lane.taken++;
      // To the end of the line: hosts take turns.
      this.#lanes.delete(host);
      this.#lanes.set(host, lane);
      return start();
    }
  }
}

interface Lane {
  taken: number;
  readonly waiting: (() => void)[];
}
