/**
 * Retention in PostgreSQL. Nodes that sweep at once choose the same tasks: what one has removed or folded, the other
 * finds gone or done.
 */
import type { Entry, OwnersNumber, Retention, Step, Stepped } from "../../ports/index.js";
import type { Task } from "../../protocol/index.js";
import { foldedEntries } from "../fold.js";
import { oldest, type Place, passedOver } from "../going-through.js";
import { leastOf, numberOf } from "../owners-number.js";
import { fromKey, toRows } from "../text.js";
import type { Connection } from "./connection.js";
import { remove } from "./journal.js";
import type { Lanes } from "./lanes.js";
import { loadMany } from "./load.js";
import {
  type EndedRow,
  ended,
  endedOf,
  endedWithOwner,
  foldTasks,
  lastOwner,
  type OwnerRow,
  owners,
  ownersDue,
} from "./retention-statements.js";

/** Tasks that one statement folds, in characters. */
const foldAtOnce = 1024 * 1024;

/** Owners' numbers that a call looks at. */
const ownersAtOnce = 500;

/** Which tasks come next: those that are folded come after those that are not. */
interface ByAge extends Place {
  readonly folded: boolean;
}

/** Which of an owner's ended tasks are to go: as many as are over, if they ended so long ago. */
interface Policy {
  readonly owner: number;
  readonly millis: number;
  readonly keep: number;
}

/** Which owner's, and how many of its tasks were passed over because they may not go yet. */
interface ByOwner extends Place {
  readonly owner: number;
  readonly held: number;
}

const toNext = (next: ByAge | ByOwner) => ({ next: JSON.stringify(next) });

export class PostgresRetention implements Retention {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get #lanes(): Lanes {
    return this.#connection.lanes.others;
  }

  async compact({ endedForMillis, limit, after }: Step & { endedForMillis: OwnersNumber }): Promise<Stepped> {
    const from: Place = after === undefined ? oldest : (JSON.parse(after) as ByAge);
    const look = typeof endedForMillis === "number" ? limit : limit * passedOver;
    const rows = await this.#lanes.query(endedWithOwner, [
      false,
      leastOf(endedForMillis),
      from.age,
      from.id,
      look,
    ]);
    const due = rows.filter(({ held, millis, owner }) => {
      const wanted = numberOf(endedForMillis, fromKey(owner));
      return !held && wanted !== undefined && millis >= wanted;
    });
    const tasks = await this.#fold(due.slice(0, limit).map(({ id }) => id));
    const last = due.length > limit ? due[limit - 1] : rows.length === look ? rows.at(-1) : undefined;
    return { tasks, ...(last && toNext({ folded: false, age: last.age, id: last.id })) };
  }

  async #fold(keys: readonly string[]): Promise<number> {
    let tasks = 0;
    let batch = new Folds();
    for (const key of keys) {
      const id = fromKey(key);
      const json = (await loadMany(this.#lanes, [id])).get(id)?.json;
      if (json === undefined) continue;
      batch.add(key, entriesOf(json));
      if (batch.size < foldAtOnce) continue;
      tasks += await this.#keep(batch);
      batch = new Folds();
    }
    return tasks + (await this.#keep(batch));
  }

  async #keep(batch: Folds): Promise<number> {
    if (batch.tasks.length === 0) return 0;
    return (await this.#lanes.query(foldTasks, batch.columns()))[0]?.n ?? 0;
  }

  async expire({ endedForMillis, ...step }: Step & { endedForMillis: OwnersNumber }): Promise<Stepped> {
    if (typeof endedForMillis === "number") return this.#removeByAge(endedForMillis, step);
    return this.#removeByOwner(step, async (found) => {
      const policies = policiesOf(found, endedForMillis, (millis) => ({ millis, keep: 0 }));
      const due = await this.#lanes.query(ownersDue, [
        policies.map(({ owner }) => owner),
        policies.map(({ millis }) => millis),
      ]);
      const ids = new Set(due.map(({ id }) => id));
      return policies.filter(({ owner }) => ids.has(owner));
    });
  }

  async trim({ keepPerOwner, ...step }: Step & { keepPerOwner: OwnersNumber }): Promise<Stepped> {
    const millis = Number.MIN_SAFE_INTEGER;
    return this.#removeByOwner(step, async (found) => {
      const counts = new Map(found.map(({ id, n }) => [id, n]));
      const policies = policiesOf(found, keepPerOwner, (keep) => ({ millis, keep }));
      return policies.filter(({ owner, keep }) => (counts.get(owner) ?? 0) > keep);
    });
  }

  async #removeByAge(millis: number, { limit, after }: Step): Promise<Stepped> {
    const from: ByAge = after === undefined ? { folded: false, ...oldest } : (JSON.parse(after) as ByAge);
    const { folded, age, id } = from;
    const rows = await this.#lanes.query(ended, [folded, millis, age, id, limit]);
    const tasks = await this.#remove(rows);
    const last = rows.at(-1);
    if (last && rows.length === limit) return { tasks, ...toNext({ folded, age: last.age, id: last.id }) };
    return { tasks, ...(!folded && toNext({ folded: true, ...oldest })) };
  }

  /** @param dueOf Those owners of whom something may have to go. */
  async #removeByOwner(
    { limit, after }: Step,
    dueOf: (found: readonly OwnerRow[]) => Promise<readonly Policy[]>,
  ): Promise<Stepped> {
    const from: ByOwner =
      after === undefined ? { owner: 0, held: 0, ...oldest } : (JSON.parse(after) as ByOwner);
    const rows: EndedRow[] = [];
    for (const { owner, keep, millis } of await dueOf(
      await this.#lanes.query(owners, [from.owner, ownersAtOnce]),
    )) {
      const { held, age, id } = owner === from.owner ? from : { held: 0, ...oldest };
      const wanted = limit - rows.length;
      const found = await this.#lanes.query(endedOf, [owner, keep + held, age, id, wanted, millis]);
      const last = found.at(-1);
      rows.push(...found);
      if (last === undefined || rows.length < limit) continue;
      const passed = held + found.filter((row) => row.held).length;
      return {
        tasks: await this.#remove(rows),
        ...toNext({ owner, age: last.age, id: last.id, held: passed }),
      };
    }
    const tasks = await this.#remove(rows);
    const owner = from.owner + ownersAtOnce;
    const [last] = await this.#lanes.query(lastOwner, []);
    return { tasks, ...(owner <= (last?.id ?? 0) && toNext({ ...oldest, owner, held: 0 })) };
  }

  /** @returns how many were to be removed. */
  async #remove(rows: readonly EndedRow[]): Promise<number> {
    const ids = rows.filter((row) => !row.held).map(({ id }) => id);
    if (ids.length > 0) await this.#lanes.query(remove, [ids.sort()]);
    return ids.length;
  }
}

function policiesOf(
  found: readonly OwnerRow[],
  numbers: OwnersNumber,
  policyOf: (number: number) => Omit<Policy, "owner">,
): Policy[] {
  return found.flatMap(({ id, name }) => {
    const number = numberOf(numbers, fromKey(name));
    return number === undefined ? [] : [{ owner: id, ...policyOf(number) }];
  });
}

/** Undefined for a Task too long to be folded. Its entries can still be read. */
function entriesOf(json: string): Entry[] | undefined {
  try {
    const entries = foldedEntries(JSON.parse(json) as Task);
    for (const entry of entries) void entry.json;
    return entries;
  } catch {
    return undefined;
  }
}

/** What is to be kept of some tasks in place of their entries. */
class Folds {
  readonly tasks: string[] = [];
  readonly #sizes: (number | null)[] = [];
  readonly #rowTasks: string[] = [];
  readonly #seqs: number[] = [];
  readonly #artifacts: boolean[] = [];
  readonly #bodies: string[] = [];
  size = 0;

  /** Without entries, those that are there stay. */
  add(task: string, entries: readonly Entry[] | undefined): void {
    this.tasks.push(task);
    let size = 0;
    for (const { seq, body, artifactsOnly } of toRows(entries ?? [])) {
      this.#rowTasks.push(task);
      this.#seqs.push(seq);
      this.#artifacts.push(artifactsOnly);
      this.#bodies.push(body);
      size += body.length;
    }
    this.#sizes.push(entries === undefined ? null : size);
    this.size += size;
  }

  columns(): unknown[] {
    return [this.tasks, this.#rowTasks, this.#seqs, this.#artifacts, this.#bodies, this.#sizes];
  }
}
