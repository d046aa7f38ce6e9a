import type { Lease } from "../ports/index.js";

/** Tasks whose run was stopped because the store failed: they are ended once it works again, so that nobody waits for them. */
export class Strays {
  /** With the lease that each had here. */
  readonly #tasks = new Map<string, Lease | undefined>();
  readonly #retryMillis: number;
  readonly #end: (id: string, lease: Lease | undefined) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sweeping = false;
  #closed = false;

  /** @param end Ends one; rejects while the store fails. */
  constructor(retryMillis: number, end: (id: string, lease: Lease | undefined) => Promise<void>) {
    this.#retryMillis = retryMillis;
    this.#end = end;
  }

  add(id: string, lease: Lease | undefined): void {
    this.#tasks.set(id, lease);
    this.#arm();
  }

  /** What is left is ended at the next start. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#sweeping || this.#closed) return;
    this.#timer = setTimeout(() => void this.#sweep(), this.#retryMillis);
    // Where timers are objects, this one alone keeps no process running.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** One after the other, up to the first that fails: a store in trouble is asked once. */
  async #sweep(): Promise<void> {
    this.#timer = undefined;
    this.#sweeping = true;
    for (const [id, lease] of [...this.#tasks]) {
      if (this.#closed) return;
      try {
        this.#tasks.delete(id);
        await this.#end(id, lease);
      } catch {
        this.#tasks.set(id, lease);
        break;
      }
    }
    this.#sweeping = false;
    if (this.#tasks.size > 0) this.#arm();
  }
}
