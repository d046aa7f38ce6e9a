/** Retention in a SQLite file. A call is one transaction, and short: everybody waits for it. */
import type { Entry, Retention, Step, Stepped } from "../../ports/index.js";
import { isTerminal, type Task } from "../../protocol/index.js";
import { foldedEntries } from "../fold.js";
import { stateNames } from "../text.js";
import type { Connection } from "./connection.js";
import type { SqliteJournal } from "./journal.js";
import type { EndedRow } from "./retention-statements.js";
import { kinds } from "./statements.js";

/** A call that has folded so much ends, in characters. */
const foldAtOnce = 256 * 1024;

/** Owners that a call looks at. */
const ownersAtOnce = 500;

const terminal = stateNames.flatMap((name, number) => (isTerminal(name) ? [number] : []));

/** Before the oldest task. */
const oldest = { age: Number.MAX_SAFE_INTEGER, id: "" };

type Place = typeof oldest;

/** Which tasks come next: those that are folded come after those that are not. */
interface ByAge extends Place {
  readonly folded: 0 | 1;
}

/** Which owner's, and how many of its tasks were passed over because they may not go yet. */
interface ByOwner extends Place {
  readonly name: string;
  readonly held: number;
}

const toNext = (next: ByAge | ByOwner) => ({ next: JSON.stringify(next) });

export class SqliteRetention implements Retention {
  readonly #connection: Connection;
  readonly #journal: SqliteJournal;

  constructor(connection: Connection, journal: SqliteJournal) {
    this.#connection = connection;
    this.#journal = journal;
  }

  compact({ endedForMillis, limit, after }: Step & { endedForMillis: number }): Stepped {
    const { sql, writer } = this.#connection;
    const from: Place = after === undefined ? oldest : (JSON.parse(after) as ByAge);
    const rows = sql.ended.all(0, endedForMillis - Date.now(), from.age, from.id, limit);
    return writer.transaction(() => {
      let tasks = 0;
      let size = 0;
      for (const { id, age, held } of rows) {
        if (held) continue;
        const entries = this.#folded(id);
        writer.fold(id, entries);
        tasks++;
        size += entries?.reduce((sum, { json }) => sum + json.length, 0) ?? foldAtOnce;
        if (size >= foldAtOnce) return { tasks, ...toNext({ folded: 0, age, id }) };
      }
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { tasks, ...(last && toNext({ folded: 0, age: last.age, id: last.id })) };
    });
  }

  /** Undefined for a Task too long for one string. Its entries can still be read. */
  #folded(id: string): Entry[] | undefined {
    try {
      const entries = foldedEntries(JSON.parse(this.#journal.load(id)?.json ?? "") as Task);
      for (const entry of entries) void entry.json;
      return entries;
    } catch {
      return undefined;
    }
  }

  expire({ endedForMillis, limit, after }: Step & { endedForMillis: number }): Stepped {
    const from: ByAge = after === undefined ? { folded: 0, ...oldest } : (JSON.parse(after) as ByAge);
    const { folded, age, id } = from;
    const rows = this.#connection.sql.ended.all(folded, endedForMillis - Date.now(), age, id, limit);
    const tasks = this.#remove(rows);
    const last = rows.at(-1);
    if (last && rows.length === limit) return { tasks, ...toNext({ folded, age: last.age, id: last.id }) };
    return { tasks, ...(folded === 0 && toNext({ folded: 1, ...oldest })) };
  }

  trim({ keepPerOwner, limit, after }: Step & { keepPerOwner: number }): Stepped {
    const from = after === undefined ? undefined : (JSON.parse(after) as ByOwner);
    const owners = this.#connection.sql.endedByOwner.all(kinds.owner, from?.name ?? "", ownersAtOnce);
    for (const { id, name, n } of owners) {
      const { held, ...place } = from?.name === name ? from : { ...oldest, held: 0 };
      const over = Math.min(limit, n - keepPerOwner - held);
      const rows = over > 0 ? this.#oldestOf(id, place, over) : [];
      const last = rows.at(-1);
      if (last === undefined) continue;
      const tasks = this.#remove(rows);
      return { tasks, ...toNext({ name, age: last.age, id: last.id, held: held + rows.length - tasks }) };
    }
    const last = owners.length === ownersAtOnce ? owners.at(-1) : undefined;
    return { tasks: 0, ...(last && toNext({ ...oldest, name: last.name, held: last.n })) };
  }

  #oldestOf(owner: number, { age, id }: Place, limit: number): EndedRow[] {
    const { endedOf } = this.#connection.sql;
    return terminal
      .flatMap((state) => endedOf.all(owner, state, age, id, limit))
      .sort((a, b) => b.age - a.age || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  /** @returns how many were removed. */
  #remove(rows: readonly EndedRow[]): number {
    const { writer } = this.#connection;
    const free = rows.filter(({ held }) => !held);
    if (free.length > 0)
      writer.transaction(() => {
        for (const { id } of free) writer.remove(id);
      });
    return free.length;
  }
}
