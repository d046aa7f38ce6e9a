/**
 * The SQLite store: tasks in one file that outlives the process, also when it is killed. Applications hand
 * `sqlite("tasks.db")` to a server; the engine calls it through the ports. One append call is one transaction
 * with a full sync, so nothing is answered that a crash could take back. One process owns the file at a time.
 * It runs on `node:sqlite` where there is one, and on the optional peer `@photostructure/sqlite` otherwise.
 */
import type { Store } from "../../ports/index.js";
import type { SchemaStatus } from "../schema-status.js";
import { Connection } from "./connection.js";
import { closeFile, type FileOptions, openFile } from "./file.js";
import { Holders } from "./holders.js";
import { SqliteIdempotency } from "./idempotency.js";
import { SqliteJournal } from "./journal.js";
import { SqliteOutbox } from "./outbox.js";
import { placeOf } from "./place.js";
import { SqlitePushConfigs } from "./push-configs.js";
import { SqliteRetention } from "./retention.js";
import { statusOf } from "./status.js";

export type { SchemaStatus };

export type SqliteOptions = Partial<FileOptions>;

const standard: FileOptions = { busyMillis: 2000 };

/**
 * A store in the file at `path`, which is created with its folder when it is not there.
 * `open()` throws when the file is not a Parley database, is newer than this Parley, or is used by another process.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  const connection = new Connection(placeOf(path), { ...standard, ...options });
  const journal = new SqliteJournal(connection);
  const holders = new Holders();
  return {
    journal,
    pushConfigs: new SqlitePushConfigs(connection, holders),
    outbox: new SqliteOutbox(connection, holders),
    idempotency: new SqliteIdempotency(connection),
    retention: new SqliteRetention(connection, journal),
    open: () => connection.open(),
    close() {
      holders.clear();
      connection.close();
    },
    ping: () => journal.ping(),
  };
}

/**
 * Brings a file's schema to this Parley's version, as `open()` does. Returns the version it had, 0 when it was not there.
 * @throws Error as `open()`
 */
export async function migrateSqlite(path: string, options: SqliteOptions = {}): Promise<number> {
  const settings = { ...standard, ...options };
  const place = placeOf(path);
  const { version } = statusOf(place, settings);
  closeFile(await openFile(place, settings), place);
  return version;
}

/** Which version a file's schema is. The file stays as it is. @throws Error as `open()` */
export async function sqliteStatus(path: string, options: SqliteOptions = {}): Promise<SchemaStatus> {
  return statusOf(placeOf(path), { ...standard, ...options });
}
