import type { PushConfigs, StoredPushConfig } from "../../ports/index.js";
import { fromKey, toKey } from "../text.js";
import type { Connection } from "./connection.js";
import type { Holders } from "./holders.js";

interface Waiting {
  readonly config: StoredPushConfig;
  resolve(): void;
  reject(error: unknown): void;
}

/** Push notification configurations in the database file, secrets included. */
export class SqlitePushConfigs implements PushConfigs {
  readonly #connection: Connection;
  readonly #holders: Holders;
  readonly #waiting: Waiting[] = [];

  constructor(connection: Connection, holders: Holders) {
    this.#connection = connection;
    this.#holders = holders;
  }

  /** Those of one tick are kept in one transaction: most messages bring one. */
  put(config: StoredPushConfig): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ config, resolve, reject }) === 1) setImmediate(() => this.#putAll());
    });
  }

  #putAll(): void {
    const batch = this.#waiting.splice(0);
    try {
      const { sql, writer } = this.#connection;
      writer.transaction(() => {
        for (const { config } of batch) {
          const [task, id] = [toKey(config.taskId), toKey(config.id)];
          sql.putConfig.run(task, id, JSON.stringify(config));
          sql.putPlace.run(task, id, Date.now());
        }
      });
      for (const { config, resolve } of batch) {
        this.#holders.release(config.taskId, config.id);
        resolve();
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  get(taskId: string, id: string): StoredPushConfig | undefined {
    const row = this.#connection.sql.config.get(toKey(taskId), toKey(id));
    return row && parse(row);
  }

  list(taskId: string): readonly StoredPushConfig[] {
    return this.#connection.sql.configs.all(toKey(taskId)).map(parse);
  }

  delete(taskId: string, id: string): void {
    const { sql, writer } = this.#connection;
    const [task, config] = [toKey(taskId), toKey(id)];
    writer.transaction(() => {
      sql.deleteConfig.run(task, config);
      sql.deletePlace.run(task, config);
      sql.deleteLettersOf.run(task, config);
    });
    this.#holders.release(taskId, id);
  }

  taskIds(): readonly string[] {
    return this.#connection.sql.activeTasks.all().map(({ task }) => fromKey(task));
  }
}

export const parse = ({ body }: { body: string }) => JSON.parse(body) as StoredPushConfig;
