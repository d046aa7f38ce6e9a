interface Held {
  readonly node: string;
  readonly until: number;
}

/** Who has claimed which place. Not in the file: it has one process, and what that had claimed is free when it is gone. */
export class Holders {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  hold(taskId: string, configId: string, node: string, leaseMillis: number): void {
    this.#held.set(keyOf(taskId, configId), { node, until: performance.now() + leaseMillis });
  }

  release(taskId: string, configId: string): void {
    this.#held.delete(keyOf(taskId, configId));
  }

  /** The node whose it is, unless it is anybody's by now. */
  of(taskId: string, configId: string): string | undefined {
    const held = this.#held.get(keyOf(taskId, configId));
    return held && held.until > performance.now() ? held.node : undefined;
  }

  /** The node that claimed it last, even if the lease is over, as long as nobody else has. */
  lastOf(taskId: string, configId: string): string | undefined {
    return this.#held.get(keyOf(taskId, configId))?.node;
  }

  clear(): void {
    this.#held.clear();
  }
}

const keyOf = (taskId: string, configId: string): string => `${taskId}\n${configId}`;
