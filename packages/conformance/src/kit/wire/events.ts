/** The events of a stream as they come: a check can look at those that are there and wait for more. */

export class Events<E> {
  readonly seen: E[] = [];
  /** How the stream ended: properly, cut by the peer, or still open. */
  ended: "closed" | "cut" | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #stop: () => void;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  add(event: E): void {
    this.seen.push(event);
    this.#wake();
  }

  end(how: "closed" | "cut"): void {
    this.ended ??= how;
    this.#wake();
  }

  #wake(): void {
    for (const tell of this.#waiting) tell();
  }

  /** Stops reading. */
  close(): void {
    this.#stop();
  }

  /** @returns whether what is wanted came in time and before the end */
  until(wanted: () => boolean, patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(wanted());
      };
      const look = () => {
        if (wanted() || this.ended !== undefined) done();
      };
      const timer = setTimeout(done, patience);
      this.#waiting.add(look);
      look();
    });
  }
}
