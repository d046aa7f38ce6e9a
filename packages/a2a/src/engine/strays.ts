/** Tasks whose run was stopped because the store failed: they are ended once it works again, so that nobody waits for them. */
export class Strays {
  readonly #ids = new Set<string>();
  readonly #retryMillis: number;
  readonly #end: (id: string) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sweeping = false;
  #closed = false;

  /** @param end Ends one; rejects while the store fails. */
  constructor(retryMillis: number, end: (id: string) => Promise<void>) {
    this.#retryMillis = retryMillis;
    this.#end = end;
  }

  add(id: string): void {
    this.#ids.add(id);
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
    for (const id of [...this.#ids]) {
      if (this.#closed) return;
      try {
        this.#ids.delete(id);
        await this.#end(id);
      } catch {
        this.#ids.add(id);
        break;
      }
    }
    this.#sweeping = false;
    if (this.#ids.size > 0) this.#arm();
  }
}
