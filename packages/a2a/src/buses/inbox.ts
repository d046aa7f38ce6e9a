/** News that were heard one by one, handed on together once the current turn of the event loop has brought them all. */
import type { News } from "../ports/index.js";
import { Latest } from "./latest.js";

export class Inbox {
  readonly #news = new Latest();
  readonly #heard: (news: readonly News[]) => void;

  constructor(heard: (news: readonly News[]) => void) {
    this.#heard = heard;
  }

  add(taskId: string, seq: number): void {
    if (this.#news.size === 0) queueMicrotask(() => this.#handOn());
    this.#news.add(taskId, seq);
  }

  /** Forgets what was not handed on. */
  clear(): void {
    this.#news.clear();
  }

  #handOn(): void {
    const news = this.#news.take();
    if (news.length > 0) this.#heard(news);
  }
}
