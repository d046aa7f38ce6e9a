import type { Idempotency, KeyClaim, KeyClaimed } from "../../ports/index.js";

export interface MemoryKeysOptions {
  readonly hasTask: (id: string) => boolean;
  /** Whether another node than the one that asks lives: in memory there is none. */
  readonly isAlive?: (node: string) => boolean;
}

interface Row {
  readonly hash: string;
  readonly taskId: string;
  readonly at: number;
  node: string;
  answer: string | undefined;
}

/** Idempotency keys in memory, oldest first. */
export class MemoryIdempotency implements Idempotency {
  readonly #rows = new Map<string, Row>();
  /** The key under which a task was made, by its id. */
  readonly #keys = new Map<string, string>();
  readonly #options: MemoryKeysOptions;

  constructor(options: MemoryKeysOptions) {
    this.#options = options;
  }

  claim({ key, hash, taskId, node, keepMillis }: KeyClaim): KeyClaimed {
    const row = this.#rows.get(key);
    if (row === undefined || row.at <= Date.now() - keepMillis) {
      this.#delete(key);
      this.#rows.set(key, { hash, taskId, at: Date.now(), node, answer: undefined });
      this.#keys.set(taskId, key);
      return { hash, taskId, answer: undefined, mine: true };
    }
    const { hasTask, isAlive = () => false } = this.#options;
    const open = row.hash === hash && row.answer === undefined && !hasTask(row.taskId);
    const mine = open && (row.node === node || !isAlive(row.node));
    if (mine) row.node = node;
    return { hash: row.hash, taskId: row.taskId, answer: row.answer, mine };
  }

  settle(key: string, answer: string): void {
    const row = this.#rows.get(key);
    if (row) row.answer = answer;
  }

  release(key: string, node: string): void {
    const row = this.#rows.get(key);
    if (row?.node === node && row.answer === undefined) this.#delete(key);
  }

  /** A task was removed. */
  forget(taskId: string): void {
    const key = this.#keys.get(taskId);
    if (key !== undefined) this.#delete(key);
  }

  #delete(key: string): void {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    if (row) this.#keys.delete(row.taskId);
  }

  expire(ageMillis: number): number {
    const before = this.#rows.size;
    for (const [key, { at }] of this.#rows) {
      if (at > Date.now() - ageMillis) break;
      this.#delete(key);
    }
    return before - this.#rows.size;
  }
}
