/**
 * Idempotency keys in a SQLite file. There is one process: whatever another node has claimed, that one is gone.
 * The claims of one event-loop tick are one transaction, and one sync of the disk.
 */
import type { Idempotency, KeyClaim, KeyClaimed } from "../../ports/index.js";
import type { Connection } from "./connection.js";

interface Waiting {
  readonly claim: KeyClaim;
  resolve(claimed: KeyClaimed): void;
  reject(error: unknown): void;
}

export class SqliteIdempotency implements Idempotency {
  readonly #connection: Connection;
  #waiting: Waiting[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  claim(claim: KeyClaim): Promise<KeyClaimed> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit());
      this.#waiting.push({ claim, resolve, reject });
    });
  }

  #commit(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const { writer } = this.#connection;
      const claimed = writer.transaction(() => waiting.map(({ claim }) => this.#take(claim)));
      for (const [i, { resolve }] of waiting.entries()) resolve(claimed[i] as KeyClaimed);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #take({ key, hash, taskId, node, keepMillis }: KeyClaim): KeyClaimed {
    const { sql } = this.#connection;
    const row = sql.sentUnder.get(key, Date.now() - keepMillis);
    if (row === undefined) {
      sql.putSend.run(key, hash, taskId, node, Date.now());
      return { hash, taskId, answer: undefined, mine: true };
    }
    const open = row.hash === hash && row.answer === null && sql.task.get(row.task) === undefined;
    if (open && row.node !== node) sql.holdSend.run(node, key);
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
