/** Retention in a SQLite file. A call is one transaction, and short: everybody waits for it. */
import type { Entry, OwnersNumber, Retention, Step, Stepped } from "../../ports/index.js";
import { isTerminal, type Task } from "../../protocol/index.js";
import { foldedEntries } from "../fold.js";
import { oldest, type Place, passedOver } from "../going-through.js";
import { leastOf, numberOf } from "../owners-number.js";
import { fromKey, stateNames } from "../text.js";
import type { Connection } from "./connection.js";
import type { SqliteJournal } from "./journal.js";
import type { EndedRow } from "./retention-statements.js";
import { kinds } from "./statements.js";

/** A call that has folded so much ends, in characters. */
const foldAtOnce = 256 * 1024;

/** Owners that a call looks at. */
const ownersAtOnce = 100;

const terminal = stateNames.flatMap((name, number) => (isTerminal(name) ? [number] : []));

/** Which tasks come next: those that are folded come after those that are not. */
interface ByAge extends Place {
  readonly folded: 0 | 1;
}

/** Which of an owner's ended tasks are to go: as many as are over, if they are as old as that. */
interface Policy {
  readonly age: number;
  readonly keep: number;
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

  compact({ endedForMillis, limit, after }: Step & { endedForMillis: OwnersNumber }): Stepped {
    const { sql, writer } = this.#connection;
    const from: Place = after === undefined ? oldest : (JSON.parse(after) as ByAge);
    const now = Date.now();
    const look = typeof endedForMillis === "number" ? limit : limit * passedOver;
    const rows = sql.unfolded.all(leastOf(endedForMillis) - now, from.age, from.id, look);
    return writer.transaction(() => {
      let tasks = 0;
      let size = 0;
      for (const { id, age, owner, held } of rows) {
        const millis = numberOf(endedForMillis, fromKey(owner));
        if (held || millis === undefined || age < millis - now) continue;
        const entries = this.#folded(id);
        writer.fold(id, entries);
        tasks++;
        size += entries?.reduce((sum, { json }) => sum + json.length, 0) ?? foldAtOnce;
        if (size >= foldAtOnce || tasks === limit) return { tasks, ...toNext({ folded: 0, age, id }) };
      }
      const last = rows.length === look ? rows.at(-1) : undefined;
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

  expire({ endedForMillis, ...step }: Step & { endedForMillis: OwnersNumber }): Stepped {
    const now = Date.now();
    if (typeof endedForMillis === "number") return this.#removeByAge(endedForMillis - now, step);
    return this.#removeByOwner(endedForMillis, (millis) => ({ age: millis - now, keep: 0 }), step);
  }

  trim({ keepPerOwner, ...step }: Step & { keepPerOwner: OwnersNumber }): Stepped {
    return this.#removeByOwner(keepPerOwner, (keep) => ({ age: Number.MIN_SAFE_INTEGER, keep }), step);
  }

  #removeByAge(least: number, { limit, after }: Step): Stepped {
    const from: ByAge = after === undefined ? { folded: 0, ...oldest } : (JSON.parse(after) as ByAge);
    const { folded, age, id } = from;
    const rows = this.#connection.sql.ended.all(folded, least, age, id, limit);
    const tasks = this.#remove(rows);
    const last = rows.at(-1);
    if (last && rows.length === limit) return { tasks, ...toNext({ folded, age: last.age, id: last.id }) };
    return { tasks, ...(folded === 0 && toNext({ folded: 1, ...oldest })) };
  }

  #removeByOwner(
    numbers: OwnersNumber,
    policyOf: (number: number) => Policy,
    { limit, after }: Step,
  ): Stepped {
    const from = after === undefined ? undefined : (JSON.parse(after) as ByOwner);
    const owners = this.#connection.sql.endedByOwner.all(kinds.owner, from?.name ?? "", ownersAtOnce);
    const rows: EndedRow[] = [];
    for (const { id, name, n } of owners) {
      const number = numberOf(numbers, fromKey(name));
      if (number === undefined) continue;
      const { age: least, keep } = policyOf(number);
      const { held, ...place } = from?.name === name ? from : { ...oldest, held: 0 };
      const over = Math.min(limit - rows.length, n - keep - held);
      const found = over > 0 ? this.#oldestOf(id, least, place, over) : [];
      const last = found.at(-1);
      rows.push(...found);
      if (last === undefined || rows.length < limit) continue;
      const passed = held + found.filter((row) => row.held).length;
      return { tasks: this.#remove(rows), ...toNext({ name, age: last.age, id: last.id, held: passed }) };
    }
    const last = owners.length === ownersAtOnce ? owners.at(-1) : undefined;
    const tasks = this.#remove(rows);
    return { tasks, ...(last && toNext({ ...oldest, name: last.name, held: last.n })) };
  }

  #oldestOf(owner: number, least: number, { age, id }: Place, limit: number): EndedRow[] {
    const { endedOf } = this.#connection.sql;
    return terminal
      .flatMap((state) => endedOf.all(owner, state, least, age, id, limit))
      .sort((a, b) => b.age - a.age || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  /** @returns how many were removed: those that are not held. */
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
