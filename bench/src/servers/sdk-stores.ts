/**
 * Where the @a2a-js/sdk server keeps tasks, as its README says: in memory, or in its DatabaseTaskStore on Kysely, with
 * SQLite in WAL mode (the driver is libsql, the better-sqlite3 interface without a compiler) or PostgreSQL (pg).
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InMemoryTaskStore, type TaskStore } from "@a2a-js/sdk/server";
import { DatabaseTaskStore } from "@a2a-js/sdk/server/database";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import Database from "libsql";
import { startOptions } from "./contract.js";

export async function taskStore(): Promise<TaskStore> {
  const { variant, dataDir, postgres } = startOptions();
  switch (variant) {
    case "memory":
      return new InMemoryTaskStore();
    case "sqlite": {
      const database = new Database(join(dataDir, "tasks.db"));
      database.pragma("journal_mode = WAL");
      database.exec(schema("sqlite"));
      return new DatabaseTaskStore(new Kysely<unknown>({ dialect: new SqliteDialect({ database }) }));
    }
    case "postgres": {
      const { Pool } = (await import("pg")).default;
      const pool = new Pool({ connectionString: postgres });
      await pool.query(schema("postgres"));
      return new DatabaseTaskStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }));
    }
  }
}

/** As the SDK's own migration tool prints it. */
function schema(dialect: "sqlite" | "postgres"): string {
  const tool = fileURLToPath(new URL("cli/a2a_db.js", import.meta.resolve("@a2a-js/sdk")));
  return execFileSync(process.execPath, [tool, "upgrade", "--sql", "--dialect", dialect], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
}
