import type { Log, Outbox, Progress } from "../ports/index.js";

/** Whose progress it is. */
export interface Saver {
  /** The place is this node's until then, by `performance.now()`. */
  heldUntil: number;
  /** The place is another node's now, or gone. */
  lost(): void;
}

export interface LedgerOptions {
  readonly outbox: Outbox;
  readonly log: Log;
  readonly node: string;
  readonly leaseMillis: number;
  /** How late progress is saved: what a crash makes be sent twice. */
  readonly saveMillis: number;
}

/** When a store that failed is tried again. */
const retryMillis = 1000;

/** What became of deliveries, on its way to the outbox: saved together, a little late. */
export class Ledger {
  readonly #options: LedgerOptions;
  #pending = new Map<Saver, Progress>();
  /** Tasks of places that are about to be given back. */
  readonly #releasing = new Set<string>();
  #saving: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed = false;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  put(saver: Saver, progress: Progress): void {
    this.#pending.set(saver, joined(this.#pending.get(saver), progress));
    if (!progress.keep && progress.state === "active") this.#releasing.add(progress.taskId);
    this.#arm(this.#options.saveMillis);
  }

  /** Whether a place of the task can be claimed only after a `flush`. */
  releasing(taskId: string): boolean {
    return this.#releasing.has(taskId);
  }

  /** Saves what there is. @returns false when the store did not take it; it is tried again later. */
  async flush(): Promise<boolean> {
    while (this.#saving) await this.#saving;
    if (this.#pending.size === 0) return true;
    this.#saving = this.#save();
    try {
      return await this.#saving;
    } finally {
      this.#saving = undefined;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #arm(millis: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), millis);
  }

  async #save(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { outbox, node, leaseMillis, log } = this.#options;
    const batch = this.#pending;
    this.#pending = new Map();
    const began = performance.now();
    try {
      const refused = new Set(await outbox.save(node, leaseMillis, [...batch.values()]));
      for (const [saver, progress] of batch) {
        if (refused.has(progress)) saver.lost();
        else saver.heldUntil = began + leaseMillis;
        if (!progress.keep) this.#releasing.delete(progress.taskId);
      }
      this.#failed = false;
      return true;
    } catch (error) {
      if (!this.#failed) log.error("The progress of push notifications could not be stored", { error });
      this.#failed = true;
      for (const [saver, progress] of this.#pending) batch.set(saver, joined(batch.get(saver), progress));
      this.#pending = batch;
      this.#arm(retryMillis);
      return false;
    }
  }
}

function joined(before: Progress | undefined, after: Progress): Progress {
  if (before === undefined) return after;
  const dead = [...before.dead, ...after.dead];
  return { ...after, dead, delivered: [...before.delivered, ...after.delivered] };
}
