import type { PushConfigs, StoredPushConfig } from "../../ports/index.js";
import { fromKey, toKey } from "../text.js";
import type { Connection } from "./connection.js";

/** Push notification configurations in the database file, secrets included. */
export class SqlitePushConfigs implements PushConfigs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  put(config: StoredPushConfig): void {
    this.#connection.sql.putConfig.run(toKey(config.taskId), toKey(config.id), JSON.stringify(config));
  }

  get(taskId: string, id: string): StoredPushConfig | undefined {
    const row = this.#connection.sql.config.get(toKey(taskId), toKey(id));
    return row && parse(row);
  }

  list(taskId: string): readonly StoredPushConfig[] {
    return this.#connection.sql.configs.all(toKey(taskId)).map(parse);
  }

  delete(taskId: string, id: string): void {
    this.#connection.sql.deleteConfig.run(toKey(taskId), toKey(id));
  }

  taskIds(): readonly string[] {
    return this.#connection.sql.configTasks.all().map(({ task }) => fromKey(task));
  }
}

const parse = ({ body }: { body: string }) => JSON.parse(body) as StoredPushConfig;
