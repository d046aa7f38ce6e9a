import type {
  Claim,
  ClaimedPlace,
  DeadLetter,
  Delivery,
  DeliveryQuery,
  Outbox,
  Place,
  PlaceState,
  Progress,
} from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { fromKey, stateNames, toKey } from "../text.js";
import type { Connection } from "./connection.js";
import { toIndexKey } from "./keys.js";
import { type Statement, statement } from "./lanes.js";
import { parse } from "./push-configs.js";

/** The number a place's state is stored as. */
const placeStates: readonly PlaceState[] = ["active", "done", "disabled"];

/** How many dead letters are handed out at a time. */
const againLimit = 100;

interface PlaceRow {
  readonly body: string;
  readonly seq: number;
  readonly attempts: number;
  readonly failing: boolean;
  readonly error: string | null;
  readonly task_seq: number;
}

interface ClaimedRow extends PlaceRow {
  readonly task_state: number;
  readonly again: number[];
}

/** Arguments: node, lease, how many, and the tasks if it is of some. Nobody waits for a place that another looks at. */
const claims = (which: string, order: string) => `
  WITH ready AS MATERIALIZED (
    SELECT p.task, p.id FROM push_configs p LEFT JOIN tasks t ON t.id = p.task
    WHERE p.state = 0 AND (p.node IS NULL OR p.held_until <= clock_timestamp()) AND ${which}
    ${order} LIMIT $3 FOR UPDATE OF p SKIP LOCKED
  ), claimed AS (
    UPDATE push_configs p SET node = $1, held_until = clock_timestamp() + $2::integer * interval '1 ms'
    FROM ready r WHERE p.task = r.task AND p.id = r.id RETURNING p.*
  )
  SELECT c.body, c.seq, c.attempts, c.failing, c.error, coalesce(t.seq, 0) AS task_seq,
    coalesce(t.state, 0) AS task_state,
    array(
      SELECT d.seq FROM dead_letters d WHERE d.task = c.task AND d.config = c.id AND d.again
      ORDER BY d.seq LIMIT ${againLimit}
    ) AS again
  FROM claimed c LEFT JOIN tasks t ON t.id = c.task ORDER BY c.n`;

const due = "p.due <= clock_timestamp()";
const ready = `(${due} OR (p.due IS NULL AND t.seq > p.seq))`;

const claimDue = statement<ClaimedRow>("claim-due", claims(due, "ORDER BY p.due"));
const claimAll = statement<ClaimedRow>("claim-all", claims(ready, ""));
const claimOf = statement<ClaimedRow>("claim-of", claims(`p.task = ANY($4) AND ${ready}`, ""));

const save = statement<{ refused: number[] }>(
  "save-places",
  `SELECT refused FROM save_places(${Array.from({ length: 19 }, (_, i) => `$${i + 1}`).join(", ")})`,
);

const deliveries = statement<
  PlaceRow & { readonly state: number; readonly due_in: number | null; readonly letters: number }
>(
  "deliveries",
  `SELECT p.body, p.seq, p.attempts, p.failing, p.error, coalesce(t.seq, 0) AS task_seq, p.state, l.n AS letters,
     extract(epoch FROM p.due - clock_timestamp())::double precision * 1000 AS due_in
   FROM push_configs p LEFT JOIN tasks t ON t.id = p.task,
     LATERAL (SELECT count(*) AS n FROM dead_letters d WHERE d.task = p.task AND d.config = p.id) l
   WHERE ($1::text IS NULL OR p.task = $1) AND (p.task, p.id) > ($2, $3)
     AND (NOT $4::boolean OR p.state = 2 OR p.attempts > 0 OR p.failing OR l.n > 0)
   ORDER BY p.task, p.id LIMIT $5`,
);

const letters = statement<DeadLetter>(
  "dead-letters",
  `SELECT seq, attempts, error FROM dead_letters
   WHERE task = $1 AND config = $2 AND seq > $4 ORDER BY seq LIMIT $3`,
);

const replay = statement<{ n: number }>(
  "replay",
  `WITH woken AS (
     UPDATE push_configs SET state = 0, attempts = 0, failing = false, error = NULL, due = clock_timestamp(), node = NULL
     WHERE task = $1 AND id = $2 RETURNING task, id
   ), again AS (
     UPDATE dead_letters d SET again = true FROM woken w
     WHERE d.task = w.task AND d.config = w.id AND ($3::integer[] IS NULL OR d.seq = ANY($3)) RETURNING 1
   )
   SELECT count(*) AS n FROM again`,
);

const sweep = statement<{ n: number }>(
  "sweep-configs",
  `WITH gone AS (
     DELETE FROM push_configs p WHERE p.state = 0 AND p.made <= clock_timestamp() - $1::double precision * interval '1 ms'
       AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = p.task) RETURNING 1
   )
   SELECT count(*) AS n FROM gone`,
);

/** The places of the configurations, in PostgreSQL. */
export class PostgresOutbox implements Outbox {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  #query<Row>(sql: Statement<Row>, ...values: unknown[]): Promise<Row[]> {
    return this.#connection.lanes.others.query(sql, values);
  }

  /** Places whose claim's answer got lost are nobody's for as long as the lease. */
  async claim({ node, leaseMillis, limit, of }: Claim): Promise<readonly ClaimedPlace[]> {
    const args = [toKey(node), leaseMillis, limit];
    const rows = await (of === "due"
      ? this.#query(claimDue, ...args)
      : of === "all"
        ? this.#query(claimAll, ...args)
        : this.#query(claimOf, ...args, of.map(toIndexKey)));
    return rows.map((row) => {
      const state = stateNames[row.task_state];
      const ended = state !== undefined && isTerminal(state);
      return { ...placeOf(row), config: parse(row), again: row.again, taskSeq: row.task_seq, ended };
    });
  }

  async save(node: string, leaseMillis: number, batch: readonly Progress[]): Promise<readonly Progress[]> {
    if (batch.length === 0) return [];
    const dead = batch.flatMap(({ dead }, i) => dead.map((letter) => ({ ...letter, n: i + 1 })));
    const delivered = batch.flatMap(({ delivered }, i) => delivered.map((seq) => ({ seq, n: i + 1 })));
    const [answer] = await this.#connection.lanes.others.once(save, [
      toKey(node),
      leaseMillis,
      batch.map(({ taskId }) => toIndexKey(taskId)),
      batch.map(({ configId }) => toIndexKey(configId)),
      batch.map(({ state }) => placeStates.indexOf(state)),
      batch.map(({ seq }) => seq),
      batch.map(({ attempts }) => attempts),
      batch.map(({ failing }) => failing),
      batch.map(({ error }) => (error === undefined ? null : toKey(error))),
      batch.map(({ dueInMillis }) => dueInMillis ?? null),
      batch.map(({ keep }) => keep),
      dead.map(({ n }) => n),
      dead.map(({ seq }) => seq),
      dead.map(({ attempts }) => attempts),
      dead.map(({ error }) => toKey(error)),
      delivered.map(({ n }) => n),
      delivered.map(({ seq }) => seq),
    ]);
    return (answer?.refused ?? []).map((n) => batch[n - 1] as Progress);
  }

  async deliveries({ taskId, troubled, limit, after }: DeliveryQuery): Promise<readonly Delivery[]> {
    const rows = await this.#query(
      deliveries,
      taskId === undefined ? null : toIndexKey(taskId),
      toIndexKey(after?.taskId ?? ""),
      toIndexKey(after?.configId ?? ""),
      troubled === true,
      limit,
    );
    return rows.map((row) => ({
      ...placeOf(row),
      config: parse(row),
      state: placeStates[row.state] as PlaceState,
      waiting: Math.max(0, row.task_seq - row.seq),
      dueInMillis: row.due_in ?? undefined,
      deadLetters: row.letters,
    }));
  }

  async deadLetters(
    taskId: string,
    configId: string,
    limit: number,
    after: number,
  ): Promise<readonly DeadLetter[]> {
    const rows = await this.#query(letters, toIndexKey(taskId), toIndexKey(configId), limit, after);
    return rows.map((letter) => ({ ...letter, error: fromKey(letter.error) }));
  }

  async replay(taskId: string, configId: string, seqs?: readonly number[]): Promise<number> {
    const [row] = await this.#query(replay, toIndexKey(taskId), toIndexKey(configId), seqs ?? null);
    return row?.n ?? 0;
  }

  async sweep(ageMillis: number): Promise<number> {
    const [row] = await this.#query(sweep, ageMillis);
    return row?.n ?? 0;
  }
}

const placeOf = ({ seq, attempts, failing, error }: PlaceRow): Place => ({
  seq,
  attempts,
  failing,
  error: error === null ? undefined : fromKey(error),
});
