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

  /**
   * Resolves with true when a request to `host` may be sent; `give` it back after. With false when it is no use to
   * wait: the host has not answered for a whole round, and enough wait already.
   */
  take(host: string): Promise<boolean> {
    const lane = this.#lanes.get(host) ?? { taken: 0, waiting: [], silence: 0 };
    this.#lanes.set(host, lane);
    return new Promise((resolve) => {
      lane.waiting.push(resolve);
      this.#thin(lane);
      this.#next();
    });
  }

  /** @param answered Whether the host gave any answer. */
  give(host: string, answered: boolean): void {
    const lane = this.#lanes.get(host);
    if (lane === undefined) return;
    this.#taken--;
    lane.taken--;
    lane.silence = answered ? 0 : lane.silence + 1;
    this.#thin(lane);
    if (lane.taken === 0 && lane.waiting.length === 0) this.#lanes.delete(host);
    this.#next();
  }

  /** Sends away those at the end of a line that does not move. */
  #thin({ silence, waiting }: Lane): void {
    if (silence < this.perHost) return;
    for (const leave of waiting.splice(this.perHost)) leave(false);
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
      return start(true);
    }
  }
}

interface Lane {
  taken: number;
  readonly waiting: ((start: boolean) => void)[];
  /** Requests in a row that were not answered. */
  silence: number;
}
