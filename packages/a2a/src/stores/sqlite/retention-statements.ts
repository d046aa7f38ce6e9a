/** The statements about tasks that have ended. */
import type { Database } from "./driver.js";

/** A task that has ended. */
export interface EndedRow {
  readonly id: string;
  readonly age: number;
  /** Entries of it are still to be sent. */
  readonly held: number;
}

const ended = `SELECT id, age, EXISTS (SELECT 1 FROM places p WHERE p.task = tasks.id AND p.state = 0) AS held FROM tasks`;
const oldestFirst = "AND (age, id) < (?, ?) ORDER BY age DESC, id DESC LIMIT ?";

export const retentionStatements = (db: Database) => ({
  ended: db.prepare<EndedRow>(
    `${ended} WHERE state IN (3, 4, 5, 7) AND folded = ? AND age >= ? ${oldestFirst}`,
  ),
  endedOf: db.prepare<EndedRow>(`${ended} WHERE owner = ? AND state = ? ${oldestFirst}`),
  /** Whoever has ended tasks, or has not: it goes through all of them. */
  endedByOwner: db.prepare<{ id: number; name: string; n: number }>(
    `SELECT id, name, s3 + s4 + s5 + s7 AS n FROM scopes WHERE kind = ? AND name >= ? ORDER BY name LIMIT ?`,
  ),
  foldTask: db.prepare("UPDATE tasks SET folded = 1, snapshot_seq = 0, loose = ? WHERE id = ?"),
  keepEntries: db.prepare("UPDATE tasks SET folded = 1 WHERE id = ?"),
});
