/** Writing: everything of one append call in one transaction. */
import type { Append } from "../../ports/index.js";
import { stateNumbers } from "./schema.js";
import { kinds, type Statements, type TaskRow } from "./statements.js";
import { toKey, toRows } from "./text.js";

/** A snapshot pays once folding would read more than this, and is no longer worth a second copy past that. In characters. */
const snapshotFrom = 64 * 1024;
const snapshotUpTo = 8 * 1024 * 1024;

const noCounts = () => [0, 0, 0, 0, 0, 0, 0, 0];

/** What must hold in a running transaction: counters per owner are written once, at its end. */
export class Writer {
  readonly #sql: Statements;
  readonly #ownerIds = new Map<string, number>();
  /** By owner: what to add to the number of tasks in each state. */
  readonly #deltas = new Map<number, number[]>();

  constructor(sql: Statements) {
    this.#sql = sql;
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
    const { head, expected, entries } = append;
    const task = this.#sql.task.get(head.id);
    if ((task?.seq ?? 0) !== expected) return false;
    const context = toKey(head.contextId);
    const owner = task?.owner ?? this.#ownerId(head.owner);
    const holder = task ? undefined : this.#sql.contextOwner.get(context);
    if (holder && holder.owner !== owner) return false;

    const rows = toRows(entries);
    for (const { seq, body } of rows) this.#sql.addEntries.run(head.id, seq, body);
    const written = rows.reduce((sum, { body }) => sum + body.length, task?.loose ?? 0);
    const snapshot = written >= snapshotFrom && written < snapshotUpTo ? append.snapshot?.() : undefined;
    if (snapshot !== undefined) this.#sql.putSnapshot.run(head.id, snapshot);
    const loose = snapshot === undefined ? written : 0;
    const snapshotSeq = snapshot === undefined ? (task?.snapshot_seq ?? 0) : head.seq;

    const state = stateNumbers[head.state];
    const age = -head.statusMillis;
    if (task) {
      this.#sql.updateTask.run(state, age, head.seq, loose, snapshotSeq, head.id);
      this.#move(task, state, context);
    } else {
      this.#sql.createTask.run(head.id, context, owner, state, age, head.seq, loose, snapshotSeq);
      this.#count(owner, state, 1);
      if (holder) this.#join(context, state);
    }
    return true;
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

  remove(id: string): void {
    const task = this.#sql.task.get(id);
    const head = this.#sql.head.get(id);
    if (!task || !head) return;
    this.#sql.deleteTask.run(id);
    this.#sql.deleteEntries.run(id);
    this.#sql.deleteSnapshot.run(id);
    this.#sql.deleteConfigs.run(toKey(id));
    this.#count(task.owner, task.state, -1);
    this.#sql.countContext.run(task.state, 0, head.context);
    this.#sql.deleteContext.run(head.context);
  }
}
