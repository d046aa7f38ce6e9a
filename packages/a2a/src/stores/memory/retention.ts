import type { Retention, Step, Stepped } from "../../ports/index.js";
import type { MemoryJournal } from "./journal.js";
import type { Place } from "./record.js";

/** Where calls leave off is remembered here, and they only have to say that they go on. */
const goOn = "on";

const pageSize = 64;

/** Which of an owner's ended tasks are to go. */
interface Policy {
  readonly before: number;
  readonly keep: number;
}

/** Goes through the owners, and from the oldest task on that each has; folded tasks are the journal's own business. */
export class MemoryRetention implements Retention {
  readonly #journal: MemoryJournal;
  readonly #waits: (taskId: string) => boolean;
  #expiring: Generator<string | undefined> | undefined;
  #trimming: Generator<string | undefined> | undefined;

  /** @param waits Whether entries of a task are still to be sent. */
  constructor(journal: MemoryJournal, waits: (taskId: string) => boolean) {
    this.#journal = journal;
    this.#waits = waits;
  }

  compact({ endedForMillis, limit }: Step & { endedForMillis: number }): Stepped {
    const { folded, more } = this.#journal.foldNext(Date.now() - endedForMillis, limit);
    return { tasks: folded, ...(more && { next: goOn }) };
  }

  expire({ endedForMillis, limit, after }: Step & { endedForMillis: number }): Stepped {
    if (after === undefined) this.#expiring = this.#past({ before: Date.now() - endedForMillis, keep: 0 });
    return this.#remove(this.#expiring, limit);
  }

  trim({ keepPerOwner, limit, after }: Step & { keepPerOwner: number }): Stepped {
    if (after === undefined)
      this.#trimming = this.#past({ before: Number.POSITIVE_INFINITY, keep: keepPerOwner });
    return this.#remove(this.#trimming, limit);
  }

  #remove(round: Generator<string | undefined> | undefined, limit: number): Stepped {
    let tasks = 0;
    for (let looked = 0; looked < limit; looked++) {
      const { done = true, value } = round?.next() ?? {};
      if (done) return { tasks };
      if (value === undefined) continue;
      this.#journal.remove(value);
      tasks++;
    }
    return { tasks, next: goOn };
  }

  /** Tasks that are to go, and nothing where one is looked at that is not. */
  *#past({ before, keep }: Policy): Generator<string | undefined> {
    for (const group of this.#journal.groups()) {
      yield undefined;
      let over = group.ended - keep;
      for (let after: Place | undefined; over > 0; ) {
        const page = group.oldestEnded(after, pageSize);
        for (const { id, statusMillis } of page) {
          if (over-- <= 0 || statusMillis > before) break;
          yield this.#waits(id) ? undefined : id;
        }
        after = page.at(-1);
        if (after === undefined || after.statusMillis > before) break;
      }
    }
  }
}
