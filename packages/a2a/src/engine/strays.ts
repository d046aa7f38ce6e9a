import { unref } from "../ports/timers.js";

/** Tasks whose run was stopped because the store failed: once it works again they go on or end, so that nobody waits for them. */
export class Strays {
  readonly #tasks = new Set<string>();
  readonly #retryMillis: number;
  readonly #settle: (id: string) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sweeping = false;
  #closed = false;

  /** @param settle Sees to one; rejects while the store fails. */
  constructor(retryMillis: number, settle: (id: string) => Promise<void>) {
    this.#retryMillis = retryMillis;
    this.#settle = settle;
  }

  add(id: string): void {
    this.#tasks.add(id);
    this.#arm();
  }

  /** What is left is seen to at the next start. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#sweeping || this.#closed) return;
    this.#timer = unref(setTimeout(() => void this.#sweep(), this.#retryMillis));
  }

  /** One after the other, up to the first that fails: a store in trouble is asked once. */
  async #sweep(): Promise<void> {
    this.#timer = undefined;
    this.#sweeping = true;
    for (const id of [...this.#tasks]) {
      if (this.#closed) return;
      try {
        this.#tasks.delete(id);
        await this.#settle(id);
      } catch {
        this.#tasks.add(id);
        break;
      }
    }
    this.#sweeping = false;
    if (this.#tasks.size > 0) this.#arm();
  }
}
