/** Leases in PostgreSQL, by its own clock. */
import {
  Entry,
  type Interjected,
  type Interjection,
  type Nodes,
  type Stand,
  type TakenOver,
} from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { fromKey, stateNumbers, toKey, toRows } from "../text.js";
import type { Connection } from "./connection.js";
import { keyOf, toIndexKey } from "./keys.js";
import { statement } from "./lanes.js";

const beat = statement<{ alive: boolean | null }>("beat", "SELECT beat($1, $2, $3, $4) AS alive");
const leave = statement("leave", "DELETE FROM nodes WHERE id = $1");
const held = statement<{ id: string }>("held", "SELECT id FROM tasks WHERE node = $1 AND state IN (1, 2)");
const takeOver = statement<{ id: string; epoch: number }>(
  "take-over",
  "SELECT task AS id, task_epoch AS epoch FROM take_over($1, $2, $3, $4, $5)",
);
const interject = statement<{ seq: number | null; epoch: number | null }>(
  "interject",
  "SELECT seq, epoch FROM interject($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);
const interjectAt = statement<{ seq: number | null; epoch: number | null }>(
  "interject-at",
  "SELECT seq, epoch FROM interject_at($16, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);
const stands = statement<{ id: string; seq: number; epoch: number }>(
  "stands",
  "SELECT id, seq, epoch FROM tasks WHERE id = ANY($1)",
);

export class PostgresNodes implements Nodes {
  readonly #connection: Connection;
  /** Nodes that have been told alive from here: when the database does not know one of these, it had been given up. */
  readonly #known = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async beat(node: string, leaseMillis: number): Promise<boolean> {
    const [row] = await this.#connection.lanes.nodes.once(beat, [toKey(node), leaseMillis]);
    const alive = row?.alive ?? !this.#known.has(node);
    this.#known.add(node);
    return alive;
  }

  async leave(node: string): Promise<void> {
    await this.#connection.lanes.nodes.query(leave, [toKey(node)]);
    this.#known.delete(node);
  }

  async held(node: string): Promise<readonly string[]> {
    const rows = await this.#connection.lanes.nodes.query(held, [toKey(node)]);
    return rows.map(({ id }) => fromKey(id));
  }

  async takeOver(node: string, limit: number, again: readonly string[] = []): Promise<readonly TakenOver[]> {
    const rows = await this.#connection.lanes.nodes.once(takeOver, [toKey(node), limit, again.map(toKey)]);
    return rows.map(({ id, epoch }) => ({ id: fromKey(id), epoch }));
  }

  async interject({
    id,
    owner,
    head,
    after,
    expected,
    event,
    message,
    notes = [],
    node,
  }: Interjection): Promise<Interjected | undefined> {
    // The number is the database's to give; rows say only what their last one is.
    const { body, artifactsOnly } = toRows([new Entry(1, event, message)])[0] as {
      body: string;
      artifactsOnly: boolean;
    };
    const keys = notes.map(({ key }) => keyOf(key));
    const [row] = await this.#connection.lanes.others.once(expected === undefined ? interject : interjectAt, [
      toKey(id),
      toIndexKey(owner),
      after.map((state) => stateNumbers[state]),
      stateNumbers[head.state],
      -head.statusMillis,
      isTerminal(head.state),
      artifactsOnly,
      body,
      body.length,
      node === undefined ? null : toKey(node),
      keys.map(({ key }) => key),
      keys.map(({ name }) => name),
      notes.map(({ json }) => json),
      ...(expected === undefined ? [] : [expected]),
    ]);
    if (row?.seq === undefined || row.seq === null) return undefined;
    return { seq: row.seq, ...(row.epoch !== null && { epoch: row.epoch }) };
  }

  async stands(ids: readonly string[]): Promise<ReadonlyMap<string, Stand>> {
    const rows = await this.#connection.lanes.others.query(stands, [ids.map(toKey)]);
    return new Map(rows.map(({ id, seq, epoch }) => [fromKey(id), { seq, epoch }]));
  }
}
