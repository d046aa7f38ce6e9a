import type { PushConfigs, StoredPushConfig } from "../../ports/index.js";
import type { Connection } from "./connection.js";
import { toIndexKey } from "./keys.js";
import { type Statement, statement } from "./lanes.js";

interface Body {
  readonly body: string;
}

/** Its place is where its task is, which may not be there yet; or where it was, without its failures. */
const put = statement(
  "put-config",
  `INSERT INTO push_configs (task, id, body, state, seq, made)
   SELECT c.task, c.id, c.body, CASE WHEN t.state IN (3, 4, 5, 7) THEN 1 ELSE 0 END, coalesce(t.seq, 0), clock_timestamp()
   FROM (VALUES ($1, $2, $3)) c (task, id, body) LEFT JOIN tasks t ON t.id = c.task
   ON CONFLICT (task, id) DO UPDATE
   SET body = excluded.body, state = CASE push_configs.state WHEN 1 THEN 1 ELSE 0 END, attempts = 0, failing = false,
     error = NULL, due = excluded.made, node = NULL`,
);
const get = statement<Body>("config", "SELECT body FROM push_configs WHERE task = $1 AND id = $2");
const list = statement<Body>("configs", "SELECT body FROM push_configs WHERE task = $1 ORDER BY n");
const remove = statement("delete-config", "DELETE FROM push_configs WHERE task = $1 AND id = $2");
/** With any of its configurations, which also says what the task is called when its key does not. */
const tasks = statement<Body>(
  "config-tasks",
  "SELECT DISTINCT ON (task) body FROM push_configs WHERE state = 0 ORDER BY task",
);

/** Push notification configurations in PostgreSQL, secrets included. */
export class PostgresPushConfigs implements PushConfigs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  #query<Row>(sql: Statement<Row>, ...values: string[]): Promise<Row[]> {
    return this.#connection.lanes.others.query(sql, values);
  }

  async put(config: StoredPushConfig): Promise<void> {
    await this.#query(put, toIndexKey(config.taskId), toIndexKey(config.id), JSON.stringify(config));
  }

  async get(taskId: string, id: string): Promise<StoredPushConfig | undefined> {
    const [row] = await this.#query(get, toIndexKey(taskId), toIndexKey(id));
    return row && parse(row);
  }

  async list(taskId: string): Promise<readonly StoredPushConfig[]> {
    return (await this.#query(list, toIndexKey(taskId))).map(parse);
  }

  async delete(taskId: string, id: string): Promise<void> {
    await this.#query(remove, toIndexKey(taskId), toIndexKey(id));
  }

  async taskIds(): Promise<readonly string[]> {
    return (await this.#query(tasks)).map((row) => parse(row).taskId);
  }
}

export const parse = ({ body }: Body) => JSON.parse(body) as StoredPushConfig;
