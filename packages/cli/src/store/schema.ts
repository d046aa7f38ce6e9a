/** The schema of the store that --store names. */
import { resolve } from "node:path";
import type { SchemaStatus } from "@parley/a2a/sqlite";
import type { Context } from "../context.js";
import { cannotOpen } from "./open.js";
import { lastingPlaceOf } from "./place.js";

export interface Schema {
  /** @throws Failure when the store cannot be read */
  status(): Promise<SchemaStatus>;
  /** @returns the version it had @throws Failure */
  migrate(): Promise<number>;
}

export async function schemaOf(context: Context): Promise<Schema> {
  const place = lastingPlaceOf(context);
  if ("url" in place) {
    const { migratePostgres, postgresStatus } = await import("@parley/a2a/postgres");
    return {
      // Somebody is waiting to see it.
      status: () => postgresStatus(place.url, { retryMillis: 0 }).catch(fail),
      migrate: () => migratePostgres(place.url).catch(fail),
    };
  }
  const file = resolve(context.io.cwd, place.file);
  const { migrateSqlite, sqliteStatus } = await import("@parley/a2a/sqlite");
  return {
    status: () => sqliteStatus(file, { busyMillis: 0 }).catch(fail),
    migrate: () => migrateSqlite(file).catch(fail),
  };
}

function fail(error: unknown): never {
  throw cannotOpen(error);
}
