/** The statements about tasks that have ended. */
import { statement } from "./lanes.js";

/** A task that has ended. */
export interface EndedRow {
  readonly id: string;
  readonly age: number;
  /** Entries of it are still to be sent. */
  readonly held: boolean;
}

export interface OwnerRow {
  readonly id: number;
  readonly name: string;
  readonly n: number;
}

const held = "EXISTS (SELECT FROM push_configs p WHERE p.task = t.id AND p.state = 0) AS held";
const millis = "(extract(epoch FROM now()) * 1000)::bigint";

/** Arguments: folded, how long ago, place after (age, id), how many. */
const oldEnough = `
  WHERE t.state IN (3, 4, 5, 7) AND t.folded = $1 AND t.age >= $2::bigint - ${millis} AND (t.age, t.id) < ($3::bigint, $4)
  ORDER BY t.age DESC, t.id DESC LIMIT $5`;
export const ended = statement<EndedRow>("ended", `SELECT t.id, t.age, ${held} FROM tasks t ${oldEnough}`);
export const endedWithOwner = statement<EndedRow & { owner: string; millis: number }>(
  "ended-with-owner",
  `SELECT t.id, t.age, t.age + ${millis} AS millis, coalesce(o.name, o.key) AS owner, ${held}
   FROM tasks t JOIN owners o ON o.id = t.owner ${oldEnough}`,
);

/** Who has ended tasks, and how many. Arguments: the first owner, how many owners to look at. */
export const owners = statement<OwnerRow>(
  "owners-ended",
  `SELECT c.id, coalesce(o.name, o.key) AS name, c.n FROM (
     SELECT c.owner AS id, sum(c.n)::bigint AS n FROM owner_tasks c
     WHERE c.state IN (3, 4, 5, 7) AND c.owner >= $1 AND c.owner < $1 + $2::integer
     GROUP BY c.owner HAVING sum(c.n) > 0
   ) c JOIN owners o ON o.id = c.id ORDER BY c.id`,
);
export const lastOwner = statement<{ id: number }>("last-owner", "SELECT max(id) AS id FROM owners");

/** Those who have something that ended so long ago. Arguments: owners, and how long ago for each. */
export const ownersDue = statement<{ id: number }>(
  "owners-due",
  `SELECT o.id FROM unnest($1::integer[], $2::bigint[]) o (id, millis) WHERE EXISTS (
     SELECT FROM unnest(array[3, 4, 5, 7]::smallint[]) s (state), LATERAL (
       SELECT FROM tasks t WHERE t.owner = o.id AND t.state = s.state AND t.age >= o.millis - ${millis} LIMIT 1
     ) t
   ) ORDER BY o.id`,
);

/**
 * The count and the tasks are of one moment. Arguments: owner, how many stay, place after (age, id), how many, how
 * long ago they ended.
 */
export const endedOf = statement<EndedRow>(
  "ended-of",
  `SELECT t.id, t.age, ${held} FROM (
     SELECT e.id, e.age FROM unnest(array[3, 4, 5, 7]::smallint[]) s (state), LATERAL (
       SELECT k.id, k.age FROM tasks k
       WHERE k.owner = $1 AND k.state = s.state AND (k.age, k.id) < ($3::bigint, $4)
         AND k.age >= $6::bigint - ${millis}
       ORDER BY k.age DESC, k.id DESC LIMIT $5
     ) e
     ORDER BY e.age DESC, e.id DESC
     LIMIT (SELECT greatest(0, least($5, coalesce(sum(c.n), 0) - $2::bigint))
            FROM owner_tasks c WHERE c.owner = $1 AND c.state IN (3, 4, 5, 7))
   ) t ORDER BY t.age DESC, t.id DESC`,
);

export const foldTasks = statement<{ n: number }>(
  "fold-tasks",
  "SELECT fold_tasks($1, $2, $3, $4, $5, $6) AS n",
);
