/** A database that many tests use, one after the other. */
import pg from "pg";
import type { Store } from "../../src/ports/index.js";
import { type PostgresOptions, postgres } from "../../src/stores/postgres/index.js";

export interface Tables {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Empties every table of the store, which is faster than a schema of its own for each test. */
  empty(): Promise<void>;
  /** Blocks of tasks and their indexes that were looked at so far. */
  blocks(): Promise<number>;
  close(): Promise<void>;
}

export async function tablesOf(url: string): Promise<Tables> {
  const client = new pg.Client({ connectionString: url });
  // Tests end the connections of others; this one is made anew when it is hit as well.
  client.on("error", () => {});
  await client.connect();
  await client.query("SET search_path = parley");
  const tables: Tables = {
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await client.query<Row>(sql, values)).rows,
    async empty() {
      const rows = await tables.query<{ name: string }>(
        "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'parley' AND tablename <> 'migrations'",
      );
      await tables.query(rows.map(({ name }) => `DELETE FROM ${name}`).join(";"));
    },
    async blocks() {
      await tables.query("SELECT pg_stat_force_next_flush()");
      const [row] = await tables.query<{ n: number }>(
        `SELECT (heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::integer AS n
         FROM pg_statio_user_tables WHERE relname = 'tasks'`,
      );
      return row?.n ?? 0;
    },
    close: () => client.end(),
  };
  return tables;
}

/** A store that is empty when it has been opened. */
export function emptyStore(at: () => { url: string; tables: Tables }, options?: PostgresOptions): Store {
  let made: Store | undefined;
  // Where the server is, is not known yet when tests are declared.
  const store = () => {
    made ??= postgres(at().url, options);
    return made;
  };
  return {
    get journal() {
      return store().journal;
    },
    get pushConfigs() {
      return store().pushConfigs;
    },
    get outbox() {
      return store().outbox;
    },
    get idempotency() {
      return store().idempotency;
    },
    get retention() {
      return store().retention;
    },
    get nodes() {
      return store().nodes;
    },
    async open() {
      await at().tables.empty();
      await store().open();
    },
    close: () => store().close(),
    ping: () => store().ping(),
  };
}
