/** A store whose every answer takes its time and, when told, fails: what a database over a network is like. */
import type { Append, Journal, Store } from "../../src/ports/index.js";
import { memory } from "../../src/stores/memory/index.js";

/** What the next append does: is taken, is not taken and says so, or is taken and the answer gets lost. */
export type Fate = "taken" | "failed" | "answer lost";

export interface Weather {
  /** Macrotasks the next answer takes. */
  delay(): number;
  fate(): Fate;
}

export function unsteady(weather: Weather, inner: Store = memory()): Store {
  const wait = async () => {
    for (let i = weather.delay(); i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
  };
  const later = async <T>(answer: () => T): Promise<Awaited<T>> => {
    await wait();
    const value = await answer();
    await wait();
    return value;
  };
  const { journal } = inner;
  const slow: Journal = {
    async append(batch: readonly Append[]) {
      await wait();
      const fate = weather.fate();
      if (fate === "failed") throw new Error("no space left");
      const refused = await journal.append(batch);
      await wait();
      if (fate === "answer lost") throw new Error("connection reset");
      return refused;
    },
    head: (id) => later(() => journal.head(id)),
    load: (id, options) => later(() => journal.load(id, options)),
    loadMany: (ids, options) => later(() => journal.loadMany(ids, options)),
    read: (id, after, maxBytes) => later(() => journal.read(id, after, maxBytes)),
    notes: (id) => later(() => journal.notes(id)),
    list: (query) => later(() => journal.list(query)),
    contextOwner: (contextId) => later(() => journal.contextOwner(contextId)),
    owners: () => later(() => journal.owners()),
    running: () => later(() => journal.running()),
    remove: (id) => later(() => journal.remove(id)),
  };
  return { ...inner, journal: slow };
}
