/** Idempotency keys in a SQLite file. There is one process: whatever another node has claimed, that one is gone. */
import type { Idempotency, KeyClaim, KeyClaimed } from "../../ports/index.js";
import type { Connection } from "./connection.js";

export class SqliteIdempotency implements Idempotency {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  claim({ key, hash, taskId, node, keepMillis }: KeyClaim): KeyClaimed {
    const { sql, writer } = this.#connection;
    const row = sql.sentUnder.get(key, Date.now() - keepMillis);
    if (row === undefined) {
      writer.transaction(() => sql.putSend.run(key, hash, taskId, node, Date.now()));
      return { hash, taskId, answer: undefined, mine: true };
    }
    const open = row.hash === hash && row.answer === null && sql.task.get(row.task) === undefined;
    if (open && row.node !== node) writer.transaction(() => sql.holdSend.run(node, key));
    return { hash: row.hash, taskId: row.task, answer: row.answer ?? undefined, mine: open };
  }

  settle(key: string, answer: string): void {
    const { sql, writer } = this.#connection;
    writer.transaction(() => sql.settleSend.run(answer, key));
  }

  release(key: string, node: string): void {
    const { sql, writer } = this.#connection;
    writer.transaction(() => sql.releaseSend.run(key, node));
  }

  expire(ageMillis: number): number {
    const { sql, writer } = this.#connection;
    return Number(writer.transaction(() => sql.expireSends.run(Date.now() - ageMillis)).changes);
  }
}
