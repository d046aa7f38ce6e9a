/** Every statement the store runs, prepared once, when it is first needed. Values are always bound. */

import type { Row } from "../text.js";
import type { Preparing } from "./driver.js";
import { pushStatements } from "./push-statements.js";
import { retentionStatements } from "./retention-statements.js";
import { migrations } from "./schema.js";
import { sendStatements } from "./send-statements.js";

/** A task's row with its owner's name. */
export interface HeadRow {
  readonly id: string;
  readonly context: string;
  readonly owner: string;
  readonly state: number;
  readonly age: number;
  readonly seq: number;
  readonly snapshot_seq: number;
}

/** What an append needs to know of the task it goes to. */
export interface TaskRow {
  readonly owner: number;
  readonly state: number;
  readonly seq: number;
  readonly loose: number;
  readonly snapshot_seq: number;
}

/** Tasks per state number; 0 is not used. */
export type Counts = readonly number[];

interface CountRow {
  readonly id: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
  readonly s5: number;
  readonly s6: number;
  readonly s7: number;
  readonly s8: number;
}

export const toCounts = (row: CountRow | undefined): Counts =>
  row ? [0, row.s1, row.s2, row.s3, row.s4, row.s5, row.s6, row.s7, row.s8] : [];

export const kinds = { owner: 1, context: 2 } as const;

const states = [1, 2, 3, 4, 5, 6, 7, 8];
const columns = states.map((n) => `s${n}`).join(", ");
const heads =
  "SELECT t.id, t.context, o.name AS owner, t.state, t.age, t.seq, t.snapshot_seq FROM tasks t JOIN scopes o ON o.id = t.owner";
const page = "AND t.state = ? AND (t.age, t.id) > (?, ?) AND t.age <= ? ORDER BY t.age, t.id LIMIT ?";

export type Statements = ReturnType<typeof prepare>;

export function prepare(db: Preparing) {
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    rollback: db.prepare("ROLLBACK"),
    /** A write that changes nothing. */
    touch: db.prepare(`PRAGMA user_version = ${migrations.length}`),

    head: db.prepare<HeadRow>(`${heads} WHERE t.id = ?`),
    running: db.prepare<HeadRow>(
      `${heads} AND t.state IN (1, 2) WHERE o.kind = ${kinds.owner} AND o.s1 + o.s2 > 0`,
    ),
    byOwner: db.prepare<HeadRow>(`${heads} WHERE t.owner = ? ${page}`),
    byContext: db.prepare<HeadRow>(`${heads} WHERE t.context = ? ${page}`),
    countByOwner: db.prepare<{ n: number }>(
      "SELECT COUNT(*) AS n FROM tasks WHERE owner = ? AND state = ? AND age <= ?",
    ),
    countByContext: db.prepare<{ n: number }>(
      "SELECT COUNT(*) AS n FROM tasks WHERE context = ? AND state = ? AND age <= ?",
    ),

    task: db.prepare<TaskRow>("SELECT owner, state, seq, loose, snapshot_seq FROM tasks WHERE id = ?"),
    createTask: db.prepare("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)"),
    updateTask: db.prepare(
      "UPDATE tasks SET state = ?, age = ?, seq = ?, loose = ?, snapshot_seq = ? WHERE id = ?",
    ),
    deleteTask: db.prepare("DELETE FROM tasks WHERE id = ?"),

    addEntries: db.prepare("INSERT INTO entries VALUES (?, ?, ?, ?)"),
    entries: db.prepare<Row>("SELECT seq, body FROM entries WHERE task = ? AND seq > ? ORDER BY seq LIMIT ?"),
    /** Rows with more than artifacts in them. */
    entriesBeyondArtifacts: db.prepare<Row>(
      "SELECT seq, body FROM entries WHERE task = ? AND seq > ? AND artifacts_only = 0 ORDER BY seq LIMIT ?",
    ),
    deleteEntries: db.prepare("DELETE FROM entries WHERE task = ?"),

    snapshot: db.prepare<{ body: string }>("SELECT body FROM snapshots WHERE task = ?"),
    putSnapshot: db.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?)"),
    deleteSnapshot: db.prepare("DELETE FROM snapshots WHERE task = ?"),

    notes: db.prepare<{ key: string; json: string }>("SELECT key, body AS json FROM notes WHERE task = ?"),
    anyNote: db.prepare("SELECT 1 FROM notes LIMIT 1"),
    putNote: db.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)"),
    deleteNotes: db.prepare("DELETE FROM notes WHERE task = ?"),

    contextOwner: db.prepare<{ owner: number }>("SELECT owner FROM tasks WHERE context = ? LIMIT 1"),
    contextOwnerName: db.prepare<{ name: string }>(
      "SELECT o.name FROM tasks t JOIN scopes o ON o.id = t.owner WHERE t.context = ? LIMIT 1",
    ),
    scope: db.prepare<CountRow>(`SELECT id, ${columns} FROM scopes WHERE kind = ? AND name = ?`),
    owners: db.prepare<{ name: string }>(`SELECT name FROM scopes WHERE kind = ${kinds.owner}`),
    addOwner: db.prepare<{ id: number }>(
      `INSERT INTO scopes (kind, name) VALUES (${kinds.owner}, ?) RETURNING id`,
    ),
    countOwner: db.prepare(
      `UPDATE scopes SET ${states.map((n) => `s${n} = s${n} + ?`).join(", ")} WHERE id = ?`,
    ),
    countContext: db.prepare(
      `UPDATE scopes SET ${states.map((n) => `s${n} = s${n} + (?2 = ${n}) - (?1 = ${n})`).join(", ")}
       WHERE kind = ${kinds.context} AND name = ?3`,
    ),
    addContext: db.prepare(
      `INSERT INTO scopes (kind, name, ${columns})
       SELECT ${kinds.context}, ?1, ${states.map((n) => `TOTAL(state = ${n})`).join(", ")} FROM tasks WHERE context = ?1`,
    ),
    deleteContext: db.prepare(
      `DELETE FROM scopes WHERE kind = ${kinds.context} AND name = ? AND ${states.map((n) => `s${n}`).join(" + ")} = 0`,
    ),

    ...pushStatements(db),
    ...sendStatements(db),
    ...retentionStatements(db),
  };
}
