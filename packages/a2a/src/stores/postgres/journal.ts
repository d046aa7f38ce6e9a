/** The journal in PostgreSQL. An append is one round trip, and so is loading tasks that are not long. */
import type {
  Append,
  Entry,
  Journal,
  ListPage,
  ListQuery,
  LoadOptions,
  Note,
  Snapshot,
  TaskHead,
} from "../../ports/index.js";
import { fromKey, toKey } from "../text.js";
import { appendStatement, toArguments } from "./append.js";
import type { Connection } from "./connection.js";
import { toIndexKey } from "./keys.js";
import { statement } from "./lanes.js";
import { list } from "./list.js";
import { loadMany, read } from "./load.js";
import { type HeadRow, headColumns, toHead } from "./rows.js";

const heads = `SELECT ${headColumns} FROM tasks t JOIN owners o ON o.id = t.owner`;
const head = statement<HeadRow>("head", `${heads} WHERE t.id = $1`);
const running = statement<HeadRow>("running", `${heads} WHERE t.state IN (1, 2)`);

const owners = statement<{ name: string }>("all-owners", "SELECT coalesce(name, key) AS name FROM owners");

const notes = statement<Note>(
  "notes",
  "SELECT coalesce(name, key) AS key, body AS json FROM notes WHERE task = $1",
);

const contextOwner = statement<{ name: string }>(
  "context-owner",
  `SELECT coalesce(o.name, o.key) AS name FROM tasks t JOIN owners o ON o.id = t.owner
   WHERE t.context = $1 AND t.claims`,
);

/** Unless the task has gone on: then a snapshot of its end will come. */
const putSnapshot = statement(
  "put-snapshot",
  `WITH t AS (UPDATE tasks SET snapshot_seq = $2, loose = 0 WHERE id = $1 AND seq = $2 AND NOT folded RETURNING id)
   INSERT INTO snapshots (task, seq, body) SELECT id, $2, $3 FROM t
   ON CONFLICT (task) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
);

/** With the key under which it was made. */
export const remove = statement(
  "remove",
  "WITH sent AS (DELETE FROM sends WHERE task = ANY($1::text[])) SELECT remove(w.id) FROM unnest($1::text[]) w (id)",
);
const firstTime = statement("first-time", "SELECT first_time($1, $2)");

export class PostgresJournal implements Journal {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws Error when the database could not be reached for a while; the last attempt may have reached it all the same. */
  async append(batch: readonly Append[]): Promise<readonly Append[]> {
    if (batch.length === 0) return [];
    const { lanes, owners } = this.#connection;
    const args = toArguments(batch, await owners.of(batch));
    const [answer] = await lanes.appends.once(appendStatement, args);
    const { refused = [], long = [] } = answer ?? {};
    for (const n of long) this.#keepSnapshot(batch[n - 1] as Append);
    return refused.map((n) => batch[n - 1] as Append);
  }

  /** Nobody waits for it, and without it the task is folded from its entries. */
  #keepSnapshot({ head, snapshot }: Append): void {
    if (snapshot === undefined) return;
    const put = this.#connection.lanes.others.query(putSnapshot, [toKey(head.id), head.seq, snapshot()]);
    put.catch(() => {});
  }

  async head(id: string): Promise<TaskHead | undefined> {
    const [row] = await this.#connection.lanes.others.query(head, [toKey(id)]);
    return row && toHead(row);
  }

  async load(id: string, options?: LoadOptions): Promise<Snapshot | undefined> {
    return (await this.loadMany([id], options)).get(id);
  }

  loadMany(ids: readonly string[], options?: LoadOptions): Promise<ReadonlyMap<string, Snapshot>> {
    return loadMany(this.#connection.lanes.others, ids, options);
  }

  async notes(id: string): Promise<readonly Note[]> {
    const rows = await this.#connection.lanes.others.query(notes, [toKey(id)]);
    return rows.map(({ key, json }) => ({ key: fromKey(key), json }));
  }

  async read(id: string, after: number, maxBytes: number): Promise<readonly Entry[] | undefined> {
    const { others } = this.#connection.lanes;
    for (let looked = false; ; looked = true) {
      const entries = await read(others, toKey(id), after, maxBytes);
      if (entries[0]) return entries[0].seq > after + 1 ? undefined : entries;
      const [row] = await others.query(head, [toKey(id)]);
      if (row === undefined || row.seq <= after) return entries;
      // It may have grown between the two: what was folded away is not there the second time either.
      if (looked) return undefined;
    }
  }

  list(query: ListQuery): Promise<ListPage> {
    return list(this.#connection.lanes.others, query);
  }

  async contextOwner(contextId: string): Promise<string | undefined> {
    const [row] = await this.#connection.lanes.others.query(contextOwner, [toIndexKey(contextId)]);
    return row && fromKey(row.name);
  }

  async owners(): Promise<readonly string[]> {
    return (await this.#connection.lanes.others.query(owners, [])).map(({ name }) => fromKey(name));
  }

  async running(): Promise<readonly TaskHead[]> {
    return (await this.#connection.lanes.others.query(running, [])).map(toHead);
  }

  async remove(id: string): Promise<void> {
    await this.#connection.lanes.others.query(remove, [[toKey(id)]]);
  }

  /** @throws Error when no append can be taken right now: it writes, and does not try again. */
  async ping(): Promise<void> {
    await this.#connection.lanes.pings.once(firstTime, [], 0);
  }
}
