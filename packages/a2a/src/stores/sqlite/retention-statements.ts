/** The statements about tasks that have ended. */
import type { Preparing } from "./driver.js";

/** A task that has ended. */
export interface EndedRow {
  readonly id: string;
  readonly age: number;
  /** Entries of it are still to be sent. */
  readonly held: number;
}

/** A task whose events are still there. */
export interface UnfoldedRow extends EndedRow {
  readonly owner: string;
}

const held = "EXISTS (SELECT 1 FROM places p WHERE p.task = t.id AND p.state = 0) AS held";
const oldestFirst = "AND t.age >= ? AND (t.age, t.id) < (?, ?) ORDER BY t.age DESC, t.id DESC LIMIT ?";

export const retentionStatements = (db: Preparing) => ({
  ended: db.prepare<EndedRow>(
    `SELECT t.id, t.age, ${held} FROM tasks t WHERE t.state IN (3, 4, 5, 7) AND t.folded = ? ${oldestFirst}`,
  ),
  unfolded: db.prepare<UnfoldedRow>(
    `SELECT t.id, t.age, o.name AS owner, ${held} FROM tasks t JOIN scopes o ON o.id = t.owner
     WHERE t.state IN (3, 4, 5, 7) AND t.folded = 0 ${oldestFirst}`,
  ),
  endedOf: db.prepare<EndedRow>(
    `SELECT t.id, t.age, ${held} FROM tasks t WHERE t.owner = ? AND t.state = ? ${oldestFirst}`,
  ),
  /** Whoever has ended tasks, or has not: it goes through all of them. */
  endedByOwner: db.prepare<{ id: number; name: string; n: number }>(
    `SELECT id, name, s3 + s4 + s5 + s7 AS n FROM scopes WHERE kind = ? AND name >= ? ORDER BY name LIMIT ?`,
  ),
  foldTask: db.prepare("UPDATE tasks SET folded = 1, snapshot_seq = 0, loose = ? WHERE id = ?"),
  keepEntries: db.prepare("UPDATE tasks SET folded = 1 WHERE id = ?"),
});
