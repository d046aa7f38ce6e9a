/** Reading lists: one index range per state, merged, so that a page costs the same in any store. */
import type { ListPage, ListQuery, TaskHead } from "../../ports/index.js";
import { fromKey, stateNames, stateNumbers, toKey } from "../text.js";
import { type Counts, type HeadRow, kinds, type Statements, toCounts } from "./statements.js";

export const toHead = (row: HeadRow): TaskHead => ({
  id: row.id,
  contextId: fromKey(row.context),
  owner: fromKey(row.owner),
  state: stateNames[row.state] as TaskHead["state"],
  statusMillis: -row.age,
  seq: row.seq,
});

const numbers = Object.values(stateNumbers);

const none: ListPage = { heads: [], more: false, totalSize: 0 };

export function list(sql: Statements, query: ListQuery): ListPage {
  const { limit, since, after } = query;
  const owner = sql.scope.get(kinds.owner, toKey(query.owner));
  if (owner === undefined) return none;
  const context = query.contextId === undefined ? undefined : toKey(query.contextId);
  if (context !== undefined && sql.contextOwner.get(context)?.owner !== owner.id) return none;

  const key = context ?? owner.id;
  const [page, count] =
    context === undefined ? [sql.byOwner, sql.countByOwner] : [sql.byContext, sql.countByContext];
  const oldest = since === undefined ? Number.MAX_SAFE_INTEGER : -since;
  const counts = context === undefined ? toCounts(owner) : contextCounts(sql, context);

  let totalSize = 0;
  const rows: HeadRow[] = [];
  for (const state of query.state === undefined ? numbers : [stateNumbers[query.state]]) {
    const size = counts[state] ?? 0;
    if (size === 0) continue;
    totalSize += since === undefined ? size : (count.get(key, state, oldest)?.n ?? 0);
    const from = after ? -after.statusMillis : Number.MIN_SAFE_INTEGER;
    rows.push(...page.all(key, state, from, after?.id ?? "", oldest, limit + 1));
  }
  rows.sort((a, b) => a.age - b.age || (a.id < b.id ? -1 : 1));
  return { heads: rows.slice(0, limit).map(toHead), more: rows.length > limit, totalSize };
}

/** A context that never had a second task has no counters. */
function contextCounts(sql: Statements, context: string): Counts {
  const counted = sql.scope.get(kinds.context, context);
  if (counted) return toCounts(counted);
  return [
    0,
    ...numbers.map((state) => sql.countByContext.get(context, state, Number.MAX_SAFE_INTEGER)?.n ?? 0),
  ];
}
