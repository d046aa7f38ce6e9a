/** Writing: everything of one append call in one transaction. */
import type { Append, Entry } from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { snapshotFrom, snapshotUpTo } from "../sizes.js";
import { type NewRow, stateNumbers, toKey, toRows } from "../text.js";
import { kinds, type Statements, type TaskRow } from "./statements.js";

/** What an append adds to a task's log. */
interface Log {
  readonly rows: readonly NewRow[];
  readonly snapshot: string | undefined;
  readonly snapshotSeq: number;
  /** How much was written since the snapshot. */
  readonly loose: number;
}

function toLog({ head, entries, snapshot }: Append, task?: TaskRow): Log {
  const rows = toRows(entries);
  const written = rows.reduce((sum, { body }) => sum + body.length, task?.loose ?? 0);
  if (snapshot && written >= snapshotFrom && written < snapshotUpTo) {
    return { rows, snapshot: snapshot(), snapshotSeq: head.seq, loose: 0 };
  }
  return { rows, snapshot: undefined, snapshotSeq: task?.snapshot_seq ?? 0, loose: written };
}

const noCounts = () => [0, 0, 0, 0, 0, 0, 0, 0];

/** What must hold in a running transaction: counters per owner are written once, at its end. */
export class Writer {
  readonly #sql: Statements;
  /** Whether any task has notes: most agents leave none, and their tasks end without a look for them. */
  #noted: boolean;
  readonly #ownerIds = new Map<string, number>();
  /** By owner: what to add to the number of tasks in each state. */
  readonly #deltas = new Map<number, number[]>();

  constructor(sql: Statements) {
    this.#sql = sql;
    this.#noted = sql.anyNote.get() !== undefined;
  }

  /** Runs `work` in a transaction. @throws what it throws, and then nothing was kept. */
  transaction<T>(work: () => T): T {
    this.#sql.begin.run();
    try {
      const result = work();
      for (const [owner, delta] of this.#deltas) this.#sql.countOwner.run(...delta, owner);
      this.#deltas.clear();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      this.#deltas.clear();
      this.#ownerIds.clear();
      try {
        this.#sql.rollback.run();
      } catch {
        // SQLite has rolled back by itself.
      }
      throw error;
    }
  }

  /** Whether the append was taken. */
  take(append: Append): boolean {
    return append.expected === 0 ? this.#create(append) : this.#advance(append);
  }

  #create(append: Append): boolean {
    const { id, contextId, state, statusMillis, seq } = append.head;
    const owner = this.#ownerId(append.head.owner);
    const context = toKey(contextId);
    const holder = this.#sql.contextOwner.get(context);
    if (holder && holder.owner !== owner) return false;
    const log = toLog(append);
    const number = stateNumbers[state];
    const { loose, snapshotSeq } = log;
    const made = this.#sql.createTask.run(id, context, owner, number, -statusMillis, seq, loose, snapshotSeq);
    if (Number(made.changes) === 0) return false;
    this.#write(id, log);
    this.#note(append);
    this.#count(owner, number, 1);
    if (holder) this.#join(context, number);
    return true;
  }

  #advance(append: Append): boolean {
    const { id, contextId, state, statusMillis, seq } = append.head;
    const task = this.#sql.task.get(id);
    if (task?.seq !== append.expected) return false;
    const log = toLog(append, task);
    const number = stateNumbers[state];
    this.#sql.updateTask.run(number, -statusMillis, seq, log.loose, log.snapshotSeq, id);
    this.#write(id, log);
    this.#note(append);
    this.#move(task, number, toKey(contextId));
    return true;
  }

  #write(id: string, { rows, snapshot }: Pick<Log, "rows" | "snapshot">): void {
    for (const { seq, body, artifactsOnly } of rows)
      this.#sql.addEntries.run(id, seq, artifactsOnly ? 1 : 0, body);
    if (snapshot !== undefined) this.#sql.putSnapshot.run(id, snapshot);
  }

  /** Keys are the agent's own, bound as they come; a task that has ended has none. */
  #note({ head, notes }: Append): void {
    if (notes) {
      this.#noted = true;
      for (const { key, json } of notes) this.#sql.putNote.run(head.id, toKey(key), json);
    }
    if (this.#noted && isTerminal(head.state)) this.#sql.deleteNotes.run(head.id);
  }

  #move(task: TaskRow, state: number, context: string): void {
    if (task.state === state) return;
    this.#count(task.owner, task.state, -1);
    this.#count(task.owner, state, 1);
    this.#sql.countContext.run(task.state, state, context);
  }

  /** A context gets its counters with its second task: most have only one. */
  #join(context: string, state: number): void {
    if (Number(this.#sql.countContext.run(0, state, context).changes) === 0)
      this.#sql.addContext.run(context);
  }

  #count(owner: number, state: number, by: 1 | -1): void {
    const delta = this.#deltas.get(owner) ?? noCounts();
    delta[state - 1] = (delta[state - 1] ?? 0) + by;
    this.#deltas.set(owner, delta);
  }

  #ownerId(name: string): number {
    const known = this.#ownerIds.get(name);
    if (known !== undefined) return known;
    const key = toKey(name);
    const id = this.#sql.scope.get(kinds.owner, key)?.id ?? (this.#sql.addOwner.get(key)?.id as number);
    if (this.#ownerIds.size >= 10_000) this.#ownerIds.clear();
    this.#ownerIds.set(name, id);
    return id;
  }

  /** Puts these in the place of all entries of a task that has ended. Without any, they stay. */
  fold(id: string, entries: readonly Entry[] | undefined): void {
    if (entries === undefined) return void this.#sql.keepEntries.run(id);
    const rows = toRows(entries);
    this.#sql.deleteEntries.run(id);
    this.#sql.deleteSnapshot.run(id);
    this.#write(id, { rows, snapshot: undefined });
    this.#sql.foldTask.run(
      rows.reduce((sum, { body }) => sum + body.length, 0),
      id,
    );
  }

  remove(id: string): void {
    const task = this.#sql.task.get(id);
    const head = this.#sql.head.get(id);
    if (!task || !head) return;
    this.#sql.deleteTask.run(id);
    this.#sql.deleteEntries.run(id);
    this.#sql.deleteNotes.run(id);
    this.#sql.deleteSnapshot.run(id);
    this.#sql.deleteConfigs.run(toKey(id));
    this.#sql.deletePlaces.run(toKey(id));
    this.#sql.deleteLetters.run(toKey(id));
    this.#sql.deleteSends.run(id);
    this.#count(task.owner, task.state, -1);
    this.#sql.countContext.run(task.state, 0, head.context);
    this.#sql.deleteContext.run(head.context);
  }
}
