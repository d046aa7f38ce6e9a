import type { OwnersNumber, Retention, Step, Stepped } from "../../ports/index.js";
import { numberOf } from "../owners-number.js";
import type { Group } from "./group.js";
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

/** What is left of a round: whether a task was folded or removed, one after the other. */
type Round = Generator<boolean>;

/** Goes through the owners, and from the oldest task on that each has; or through the tasks that have their entries. */
export class MemoryRetention implements Retention {
  readonly #journal: MemoryJournal;
  readonly #waits: (taskId: string) => boolean;
  #compacting: Round | undefined;
  #expiring: Round | undefined;
  #trimming: Round | undefined;

  /** @param waits Whether entries of a task are still to be sent. */
  constructor(journal: MemoryJournal, waits: (taskId: string) => boolean) {
    this.#journal = journal;
    this.#waits = waits;
  }

  compact({ endedForMillis, ...step }: Step & { endedForMillis: OwnersNumber }): Stepped {
    if (step.after === undefined) this.#compacting = this.#folded(endedForMillis);
    return go(this.#compacting, step);
  }

  expire({ endedForMillis, ...step }: Step & { endedForMillis: OwnersNumber }): Stepped {
    if (step.after === undefined) {
      const now = Date.now();
      this.#expiring = this.#removed(endedForMillis, (millis) => ({ before: now - millis, keep: 0 }));
    }
    return go(this.#expiring, step);
  }

  trim({ keepPerOwner, ...step }: Step & { keepPerOwner: OwnersNumber }): Stepped {
    if (step.after === undefined)
      this.#trimming = this.#removed(keepPerOwner, (keep) => ({ before: Number.POSITIVE_INFINITY, keep }));
    return go(this.#trimming, step);
  }

  *#folded(endedForMillis: OwnersNumber): Round {
    const now = Date.now();
    for (const record of this.#journal.kept()) {
      const millis = numberOf(endedForMillis, record.owner);
      yield millis !== undefined && record.statusMillis <= now - millis && this.#journal.fold(record);
    }
  }

  *#removed(numbers: OwnersNumber, policyOf: (number: number) => Policy): Round {
    for (const group of this.#journal.groups()) {
      yield false;
      const number = numberOf(numbers, group.owner);
      if (number !== undefined) yield* this.#removedOf(group, policyOf(number));
    }
  }

  *#removedOf(group: Group, { before, keep }: Policy): Round {
    let over = group.ended - keep;
    for (let after: Place | undefined; over > 0; ) {
      const page = group.oldestEnded(after, pageSize);
      for (const { id, statusMillis } of page) {
        if (over-- <= 0 || statusMillis > before) return;
        const stays = this.#waits(id);
        if (!stays) this.#journal.remove(id);
        yield !stays;
      }
      after = page.at(-1);
      if (after === undefined) return;
    }
  }
}

function go(round: Round | undefined, { limit }: Step): Stepped {
  let tasks = 0;
  for (let looked = 0; looked < limit; looked++) {
    const { done = true, value } = round?.next() ?? {};
    if (done) return { tasks };
    if (value) tasks++;
  }
  return { tasks, next: goOn };
}
