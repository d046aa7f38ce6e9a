/** The journal in a SQLite file. Every method answers at once. */
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
import type { Task } from "../../protocol/index.js";
import { fold, foldWithoutArtifacts, loadEach } from "../fold.js";
import { foldChunk } from "../sizes.js";
import { fromKey, type Row, toEntries, toKey } from "../text.js";
import type { Connection } from "./connection.js";
import { list, toHead } from "./list.js";

/** Before the first of entries that were folded. */
const start = Number.MIN_SAFE_INTEGER;

/** Rows fetched by one query at most. */
const rowsLimit = 256;

/** Of rows that are short. */
const rowsAtOnce = 32;

export class SqliteJournal implements Journal {
  readonly #connection: Connection;
  #failed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  append(batch: readonly Append[]): readonly Append[] {
    const { writer } = this.#connection;
    try {
      const refused = writer.transaction(() => batch.filter((append) => !writer.take(append)));
      this.#failed = false;
      return refused;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  head(id: string): TaskHead | undefined {
    const row = this.#connection.sql.head.get(id);
    return row && toHead(row);
  }

  load(id: string, { artifacts = true }: LoadOptions = {}): Snapshot | undefined {
    const row = this.#connection.sql.head.get(id);
    if (row === undefined) return undefined;
    const head = toHead(row);
    if (!artifacts) return { head, json: JSON.stringify(this.#withoutArtifacts(head)) };
    const snapshotSeq = row.snapshot_seq;
    const snapshot = snapshotSeq > 0 ? this.#connection.sql.snapshot.get(id)?.body : undefined;
    if (snapshot !== undefined && snapshotSeq === head.seq) return { head, json: snapshot };
    let task = snapshot === undefined ? undefined : (JSON.parse(snapshot) as Task);
    for (let seq = snapshot === undefined ? start : snapshotSeq; seq < head.seq; ) {
      const entries = this.#readAny(id, seq, foldChunk);
      task = fold(task, entries);
      seq = entries.at(-1)?.seq ?? head.seq;
    }
    return { head, json: JSON.stringify(task) };
  }

  loadMany(ids: readonly string[], options?: LoadOptions): ReadonlyMap<string, Snapshot> {
    return loadEach(ids, (id) => this.load(id, options));
  }

  /** From the first entry on: a snapshot has the artifacts in it, and is only kept of a log that is not long. */
  #withoutArtifacts({ id, seq }: TaskHead): Task | undefined {
    let task: Task | undefined;
    for (let last = start; last < seq; ) {
      const rows = this.#connection.sql.entriesBeyondArtifacts.all(id, last, rowsAtOnce);
      for (const row of rows) task = foldWithoutArtifacts(task, toEntries(row));
      last = rows.length < rowsAtOnce ? seq : (rows.at(-1) as Row).seq;
    }
    return task;
  }

  notes(id: string): readonly Note[] {
    return this.#connection.sql.notes.all(id).map(({ key, json }) => ({ key: fromKey(key), json }));
  }

  read(id: string, after: number, maxBytes: number): readonly Entry[] | undefined {
    const found = this.#readAny(id, after, maxBytes);
    const next = found[0]?.seq ?? this.#connection.sql.task.get(id)?.seq ?? 0;
    return next > (found.length > 0 ? after + 1 : after) ? undefined : found;
  }

  /** Those that were folded, too. */
  #readAny(id: string, after: number, maxBytes: number): Entry[] {
    const found: Entry[] = [];
    let last = after;
    // Rows are small or large; the first tells how many to ask for next.
    for (let bytes = 0, limit = 1; bytes === 0 || bytes < maxBytes; ) {
      const rows = this.#connection.sql.entries.all(id, last, limit);
      for (const row of rows) {
        bytes += row.body.length;
        for (const entry of toEntries(row)) if (entry.seq > last) found.push(entry);
        last = row.seq;
      }
      if (rows.length < limit) break;
      limit = Math.min(rowsLimit, limit * 4, Math.ceil(((maxBytes - bytes) * limit) / bytes));
    }
    return found;
  }

  list(query: ListQuery): ListPage {
    return list(this.#connection.sql, query);
  }

  contextOwner(contextId: string): string | undefined {
    const row = this.#connection.sql.contextOwnerName.get(toKey(contextId));
    return row && fromKey(row.name);
  }

  owners(): readonly string[] {
    return this.#connection.sql.owners.all().map(({ name }) => fromKey(name));
  }

  running(): readonly TaskHead[] {
    return this.#connection.sql.running.all().map(toHead);
  }

  remove(id: string): void {
    const { writer } = this.#connection;
    writer.transaction(() => writer.remove(id));
  }

  /** @throws when no append can be taken. After a failed one that takes a write, which would fail as well. */
  ping(): void {
    const { sql, writer } = this.#connection;
    writer.transaction(() => {
      if (this.#failed) sql.touch.run();
    });
    this.#failed = false;
  }
}
