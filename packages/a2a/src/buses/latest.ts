/** News with nothing said twice: of each task the last, for as many tasks as there is room. */
import type { News } from "../ports/index.js";

export class Latest {
  readonly #seqs = new Map<string, number>();
  readonly #room: number;

  constructor(room: number = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  get size(): number {
    return this.#seqs.size;
  }

  /** @returns false when there was no room for it */
  add(taskId: string, seq: number): boolean {
    const known = this.#seqs.get(taskId);
    if (known === undefined && this.#seqs.size >= this.#room) return false;
    if (known === undefined || known < seq) this.#seqs.set(taskId, seq);
    return true;
  }

  /** Removes and returns the news of at most `count` tasks, those that came first. */
  take(count: number = Number.POSITIVE_INFINITY): News[] {
    const taken: News[] = [];
    for (const [taskId, seq] of this.#seqs) {
      if (taken.length >= count) break;
      taken.push({ taskId, seq });
      this.#seqs.delete(taskId);
    }
    return taken;
  }

  clear(): void {
    this.#seqs.clear();
  }
}
