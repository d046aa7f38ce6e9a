/** Idempotency keys in PostgreSQL, claimed in one round trip. A claim that is made again after its answer got lost is the same. */
import type { Idempotency, KeyClaim, KeyClaimed } from "../../ports/index.js";
import { fromKey, toKey } from "../text.js";
import type { Connection } from "./connection.js";
import { statement } from "./lanes.js";

interface ClaimRow {
  readonly mine: boolean;
  readonly hash: string;
  readonly task: string;
  readonly answer: string | null;
}

const claim = statement<ClaimRow>(
  "claim-send",
  "SELECT mine, hash, task, answer FROM claim_send($1, $2, $3, $4, $5)",
);
const settle = statement("settle-send", "UPDATE sends SET answer = $2 WHERE key = $1");
const release = statement(
  "release-send",
  "DELETE FROM sends WHERE key = $1 AND node = $2 AND answer IS NULL",
);
const expire = statement<{ n: number }>(
  "expire-sends",
  `WITH gone AS (DELETE FROM sends WHERE at <= clock_timestamp() - $1 * interval '1 millisecond' RETURNING 1)
   SELECT count(*)::integer AS n FROM gone`,
);

export class PostgresIdempotency implements Idempotency {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async claim({ key, hash, taskId, node, keepMillis }: KeyClaim): Promise<KeyClaimed> {
    const values = [key, hash, toKey(taskId), toKey(node), keepMillis];
    const [row] = await this.#connection.lanes.others.query(claim, values);
    const { mine, hash: kept, task, answer } = row as ClaimRow;
    return { mine, hash: kept, taskId: fromKey(task), answer: answer ?? undefined };
  }

  async settle(key: string, answer: string): Promise<void> {
    await this.#connection.lanes.others.query(settle, [key, answer]);
  }

  async release(key: string, node: string): Promise<void> {
    await this.#connection.lanes.others.query(release, [key, toKey(node)]);
  }

  async expire(ageMillis: number): Promise<number> {
    return (await this.#connection.lanes.others.query(expire, [ageMillis]))[0]?.n ?? 0;
  }
}
