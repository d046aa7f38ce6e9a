/**
 * The PostgreSQL store: tasks in a database that several nodes share. Applications hand `postgres(url)` to a server;
 * the engine calls it through the ports. One append call is one transaction and one round trip (functions.ts), made
 * again when a connection drops without ever being done twice (lanes.ts). It runs on the optional peer `pg`.
 */
import type { Store } from "../../ports/index.js";
import type { SchemaStatus } from "../schema-status.js";
import { Connection, type PostgresOptions, settingsOf } from "./connection.js";
import { PostgresIdempotency } from "./idempotency.js";
import { PostgresJournal } from "./journal.js";
import { PostgresNodes } from "./nodes.js";
import { PostgresOutbox } from "./outbox.js";
import { PostgresPushConfigs } from "./push-configs.js";
import { PostgresRetention } from "./retention.js";
import { migrate, status } from "./schema.js";

export type { PostgresOptions, SchemaStatus };

/**
 * A store in the database at a `postgres://` URL.
 * `open()` throws when the database cannot be reached, or when the schema is newer than this Parley.
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  const connection = new Connection(url, options);
  const journal = new PostgresJournal(connection);
  return {
    journal,
    pushConfigs: new PostgresPushConfigs(connection),
    outbox: new PostgresOutbox(connection),
    idempotency: new PostgresIdempotency(connection),
    retention: new PostgresRetention(connection),
    nodes: new PostgresNodes(connection),
    open: () => connection.open(),
    close: () => connection.close(),
    ping: () => journal.ping(),
  };
}

/**
 * Brings a database's schema to this Parley's version. Returns the version it had, 0 when it was not there.
 * @throws Error also when it is newer.
 */
export async function migratePostgres(url: string, options: PostgresOptions = {}): Promise<number> {
  return migrate(await settingsOf(url, options));
}

/** Which version a database's schema is. @throws Error also when it is newer than this Parley. */
export async function postgresStatus(url: string, options: PostgresOptions = {}): Promise<SchemaStatus> {
  return status(await settingsOf(url, options));
}
