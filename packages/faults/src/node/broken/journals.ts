/** Journals that say what is not so. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "@parley/a2a/ports";
import type { Parts } from "./index.js";
import { over } from "./over.js";

const withJournal = (parts: Parts, change: (journal: Journal) => Partial<Journal>): Parts => {
  const { journal } = parts.store;
  return { ...parts, store: over(parts.store, { journal: over(journal, change(journal)) }) };
};

/** Says that an append is kept, and keeps it a little later. */
export function acknowledgesEarly(parts: Parts): Parts {
  return withJournal(parts, (journal) => {
    let last: Promise<unknown> = Promise.resolve();
    return {
      append(batch) {
        last = last.then(() => sleep(20)).then(() => journal.append(batch));
        last.catch(() => {});
        return [];
      },
    };
  });
}

/** Says that an append is kept, whatever became of it. */
export function acknowledgesFailures(parts: Parts): Parts {
  return withJournal(parts, (journal) => ({
    async append(batch) {
      try {
        return await journal.append(batch);
      } catch {
        return [];
      }
    },
  }));
}

/** Leaves an entry out now and then. */
export function skipsEntries(parts: Parts): Parts {
  let reads = 0;
  return withJournal(parts, (journal) => ({
    async read(...place) {
      const entries = await journal.read(...place);
      return entries && entries.length > 2 && ++reads % 5 === 0 ? entries.toSpliced(1, 1) : entries;
    },
  }));
}
