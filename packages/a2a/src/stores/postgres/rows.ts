/** Heads as the database has them. */
import type { TaskHead } from "../../ports/index.js";
import { fromKey, stateNames } from "../text.js";

export interface HeadRow {
  readonly id: string;
  readonly context: string;
  readonly owner: string;
  readonly state: number;
  readonly age: number;
  readonly seq: number;
}

/** Of tasks `t` with their owners `o`. */
export const headColumns =
  "t.id, coalesce(t.context_name, t.context) AS context, coalesce(o.name, o.key) AS owner, t.state, t.age, t.seq";

export const toHead = (row: HeadRow): TaskHead => ({
  id: fromKey(row.id),
  contextId: fromKey(row.context),
  owner: fromKey(row.owner),
  state: stateNames[row.state] as TaskHead["state"],
  statusMillis: -row.age,
  seq: row.seq,
});
