/** Reading lists: one index range per state, merged, so that a page costs the same however many tasks there are. */
import type { ListPage, ListQuery } from "../../ports/index.js";
import { stateNumbers } from "../text.js";
import { toIndexKey } from "./keys.js";
import { type Lanes, type Statement, statement } from "./lanes.js";
import { type HeadRow, headColumns, toHead } from "./rows.js";

/** A head, or none when the page is empty: the total is there in any case. */
interface PageRow extends Omit<HeadRow, "id"> {
  readonly id: string | null;
  readonly total: number;
}

/** Arguments: owner, states, place after (age, id), oldest age, how many, and the context if it is of one. */
const pages = (holder: string, scope: string, total: string) => `
  WITH k AS MATERIALIZED (SELECT o.id AS owner FROM owners o WHERE o.key = $1 ${holder})
  SELECT total.n AS total, ${headColumns}
  FROM (SELECT (${total})::bigint AS n) total LEFT JOIN (
    SELECT p.* FROM k, unnest($2::smallint[]) s (state), LATERAL (
      SELECT t.* FROM tasks t
      WHERE ${scope} AND t.state = s.state AND (t.age, t.id) > ($3::bigint, $4) AND t.age <= $5::bigint
      ORDER BY t.age, t.id LIMIT $6
    ) p ORDER BY p.age, p.id LIMIT $6
  ) t ON true LEFT JOIN owners o ON o.id = t.owner
  ORDER BY t.age, t.id`;

const ofOwner = "t.owner = k.owner";
const ofContext = "t.context = $7";
const isTheirs = "AND EXISTS (SELECT FROM tasks c WHERE c.context = $7 AND c.claims AND c.owner = o.id)";

/** State by state, each a range of the index. */
const counted = (scope: string) =>
  `SELECT coalesce(sum(
     (SELECT count(*) FROM tasks t WHERE ${scope} AND t.state = s.state AND t.age <= $5::bigint)
   ), 0) FROM k, unnest($2::smallint[]) s (state)`;
const totalOfOwner =
  "SELECT coalesce(sum(c.n), 0) FROM k JOIN owner_tasks c ON c.owner = k.owner WHERE c.state = ANY($2::smallint[])";
/** A context that never had a second task has no counters. */
const totalOfContext = `
  SELECT CASE WHEN EXISTS (SELECT FROM context_tasks c WHERE c.context = $7)
    THEN (SELECT coalesce(sum(c.n), 0) FROM k JOIN context_tasks c ON c.context = $7 WHERE c.state = ANY($2::smallint[]))
    ELSE (${counted(ofContext)}) END`;

type Pages = Readonly<Record<"all" | "since", Statement<PageRow>>>;

const byOwner: Pages = {
  all: statement("list", pages("", ofOwner, totalOfOwner)),
  since: statement("list-since", pages("", ofOwner, counted(ofOwner))),
};
const byContext: Pages = {
  all: statement("list-context", pages(isTheirs, ofContext, totalOfContext)),
  since: statement("list-context-since", pages(isTheirs, ofContext, counted(ofContext))),
};

const states = Object.values(stateNumbers);

export async function list(lanes: Lanes, query: ListQuery): Promise<ListPage> {
  const { owner, contextId, state, since, after, limit } = query;
  const sql = (contextId === undefined ? byOwner : byContext)[since === undefined ? "all" : "since"];
  const rows = await lanes.query(sql, [
    toIndexKey(owner),
    state === undefined ? states : [stateNumbers[state]],
    after ? -after.statusMillis : Number.MIN_SAFE_INTEGER,
    after ? toIndexKey(after.id) : "",
    since === undefined ? Number.MAX_SAFE_INTEGER : -since,
    limit + 1,
    ...(contextId === undefined ? [] : [toIndexKey(contextId)]),
  ]);
  const heads = rows.filter(isHead).map(toHead);
  return { heads: heads.slice(0, limit), more: heads.length > limit, totalSize: rows[0]?.total ?? 0 };
}

const isHead = (row: PageRow): row is PageRow & HeadRow => row.id !== null;
