/**
 * Retention in PostgreSQL. Nodes that sweep at once choose the same tasks: what one has removed or folded, the other
 * finds gone or done.
 */
import type { Entry, Retention, Step, Stepped } from "../../ports/index.js";
import type { Task } from "../../protocol/index.js";
import { foldedEntries } from "../fold.js";
import { fromKey, toRows } from "../text.js";
import type { Connection } from "./connection.js";
import { remove } from "./journal.js";
import { type Lanes, statement } from "./lanes.js";
import { loadMany } from "./load.js";

/** A task that has ended. */
interface EndedRow {
  readonly id: string;
  readonly age: number;
  /** Entries of it are still to be sent. */
  readonly held: boolean;
}

const held = "EXISTS (SELECT FROM push_configs p WHERE p.task = t.id AND p.state = 0) AS held";
const millis = "(extract(epoch FROM now()) * 1000)::bigint";

const ended = statement<EndedRow>(
  "ended",
  `SELECT t.id, t.age, ${held} FROM tasks t
   WHERE t.state IN (3, 4, 5, 7) AND t.folded = $1 AND t.age >= $2::bigint - ${millis} AND (t.age, t.id) < ($3::bigint, $4)
   ORDER BY t.age DESC, t.id DESC LIMIT $5`,
);

/** Arguments: the first owner, how many owners to look at, and how many ended tasks one may have. */
const owners = statement<{ owner: number; over: boolean }>(
  "owners-over",
  `SELECT c.owner, sum(c.n) > $3::bigint AS over FROM owner_tasks c
   WHERE c.state IN (3, 4, 5, 7) AND c.owner >= $1 AND c.owner < $1 + $2::integer GROUP BY c.owner ORDER BY c.owner`,
);
const lastOwner = statement<{ id: number }>("last-owner", "SELECT max(id) AS id FROM owners");

/** The count and the tasks are of one moment. Arguments: owner, how many stay, place after (age, id), how many. */
const endedOf = statement<EndedRow>(
  "ended-of",
  `SELECT t.id, t.age, ${held} FROM (
     SELECT e.id, e.age FROM unnest(array[3, 4, 5, 7]::smallint[]) s (state), LATERAL (
       SELECT k.id, k.age FROM tasks k
       WHERE k.owner = $1 AND k.state = s.state AND (k.age, k.id) < ($3::bigint, $4)
       ORDER BY k.age DESC, k.id DESC LIMIT $5
     ) e
     ORDER BY e.age DESC, e.id DESC
     LIMIT (SELECT greatest(0, least($5, coalesce(sum(c.n), 0) - $2::bigint))
            FROM owner_tasks c WHERE c.owner = $1 AND c.state IN (3, 4, 5, 7))
   ) t ORDER BY t.age DESC, t.id DESC`,
);

const foldTasks = statement<{ n: number }>("fold-tasks", "SELECT fold_tasks($1, $2, $3, $4, $5, $6) AS n");

/** Tasks that one statement folds, in characters. */
const foldAtOnce = 1024 * 1024;

/** Owners' numbers that a call looks at. */
const ownersAtOnce = 1000;

/** Before the oldest task. */
const oldest = { age: Number.MAX_SAFE_INTEGER, id: "" };

type Place = typeof oldest;

/** Which tasks come next: those that are folded come after those that are not. */
interface ByAge extends Place {
  readonly folded: boolean;
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

  async compact({ endedForMillis, limit, after }: Step & { endedForMillis: number }): Promise<Stepped> {
    const from: Place = after === undefined ? oldest : (JSON.parse(after) as ByAge);
    const rows = await this.#lanes.query(ended, [false, endedForMillis, from.age, from.id, limit]);
    const tasks = await this.#fold(rows.filter((row) => !row.held).map(({ id }) => id));
    const last = rows.length === limit ? rows.at(-1) : undefined;
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

  async expire({ endedForMillis, limit, after }: Step & { endedForMillis: number }): Promise<Stepped> {
    const from: ByAge = after === undefined ? { folded: false, ...oldest } : (JSON.parse(after) as ByAge);
    const { folded, age, id } = from;
    const rows = await this.#lanes.query(ended, [folded, endedForMillis, age, id, limit]);
    const tasks = await this.#remove(rows);
    const last = rows.at(-1);
    if (last && rows.length === limit) return { tasks, ...toNext({ folded, age: last.age, id: last.id }) };
    return { tasks, ...(!folded && toNext({ folded: true, ...oldest })) };
  }

  async trim({ keepPerOwner, limit, after }: Step & { keepPerOwner: number }): Promise<Stepped> {
    const from: ByOwner =
      after === undefined ? { owner: 0, held: 0, ...oldest } : (JSON.parse(after) as ByOwner);
    const found = await this.#lanes.query(owners, [from.owner, ownersAtOnce, keepPerOwner]);
    for (const { owner, over } of found) {
      if (!over) continue;
      const { held, age, id } = owner === from.owner ? from : { held: 0, ...oldest };
      const rows = await this.#lanes.query(endedOf, [owner, keepPerOwner + held, age, id, limit]);
      const last = rows.at(-1);
      if (last === undefined) continue;
      const tasks = await this.#remove(rows);
      return { tasks, ...toNext({ owner, age: last.age, id: last.id, held: held + rows.length - tasks }) };
    }
    const owner = from.owner + ownersAtOnce;
    const [last] = await this.#lanes.query(lastOwner, []);
    return { tasks: 0, ...(owner <= (last?.id ?? 0) && toNext({ ...oldest, owner, held: 0 })) };
  }

  /** @returns how many were to be removed. */
  async #remove(rows: readonly EndedRow[]): Promise<number> {
    const ids = rows.filter((row) => !row.held).map(({ id }) => id);
    if (ids.length > 0) await this.#lanes.query(remove, [ids.sort()]);
    return ids.length;
  }
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
