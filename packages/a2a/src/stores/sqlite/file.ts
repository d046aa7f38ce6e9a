/** Opening and closing the database file: whose it is, which version, and that nobody else uses it. */
import { codeOf, codes, type Database, loadDriver } from "./driver.js";
import { forgetHolder, holderOf, inMemory, nameHolder, touch } from "./place.js";
import { applicationId, migrate, migrations } from "./schema.js";

export interface FileOptions {
  /** How long to wait for another process to let go of the file, for example during a restart, in milliseconds; 2 s unless told. */
  readonly busyMillis: number;
}

/** @throws Error with a message for the operator. */
export async function openFile(path: string, { busyMillis }: FileOptions): Promise<Database> {
  const Driver = loadDriver();
  let db: Database | undefined;
  try {
    touch(path);
    db = new Driver(path);
    db.exec(`PRAGMA busy_timeout = ${busyMillis}; PRAGMA page_size = 8192`);
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    const { version, empty } = checkVersion(db, path);
    // Of a file with nothing in it nothing has to be kept, and a journal of that waits for the disk four times.
    if (empty) db.exec("PRAGMA journal_mode = MEMORY");
    const { journal_mode } = db.prepare<{ journal_mode: string }>("PRAGMA journal_mode = WAL").get() ?? {};
    if (journal_mode !== (path === inMemory ? "memory" : "wal"))
      throw new Error(`${path} cannot have a write-ahead log: its journal is ${journal_mode}`);
    // An exclusive lock is only taken by writing.
    db.exec("BEGIN EXCLUSIVE; COMMIT");
    // New tables may wait for the disk until the first commit does: it waits for the whole log.
    if (empty) db.exec("PRAGMA synchronous = OFF");
    migrate(db, version);
    db.exec("PRAGMA synchronous = FULL");
    nameHolder(path);
    return db;
  } catch (error) {
    if (db) release(db);
    throw explain(error, path);
  }
}

/** @param schema What SQLite calls the file: `main`, unless it is attached. */
export function checkVersion(
  db: Database,
  path: string,
  schema = "main",
): { version: number; empty: boolean } {
  const pragma = (name: string) =>
    db.prepare<Record<string, number>>(`PRAGMA ${schema}.${name}`).get()?.[name] ?? 0;
  const version = pragma("user_version");
  const empty = db.prepare(`SELECT 1 FROM ${schema}.sqlite_master LIMIT 1`).get() === undefined;
  if (!empty && pragma("application_id") !== applicationId) {
    throw new Error(`${path} is a SQLite database, but not Parley's`);
  }
  if (version > migrations.length) {
    throw new Error(
      `${path} was written by a newer Parley (schema ${version}; this one knows ${migrations.length}): upgrade, or use another file`,
    );
  }
  return { version, empty };
}

export function explain(error: unknown, path: string): unknown {
  if (codeOf(error) === codes.busy)
    return new Error(`${path} is in use by another Parley process${holderOf(path)}`, { cause: error });
  if (codeOf(error) === codes.notADatabase)
    return new Error(`${path} is not a SQLite database`, { cause: error });
  if (error instanceof Error && error.message.includes(path)) return error;
  return new Error(`${path} cannot be opened: ${error instanceof Error ? error.message : error}`, {
    cause: error,
  });
}

/** Moves everything into the one file and lets go of it. */
export function closeFile(db: Database, path: string): void {
  forgetHolder(path);
  try {
    // An exclusive lock cannot be given up in WAL mode.
    db.exec("PRAGMA journal_mode = DELETE");
  } finally {
    release(db);
  }
}

/** Closing alone does not unlock the file while a binding still holds statements. */
function release(db: Database): void {
  try {
    db.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = NORMAL; SELECT 1 FROM sqlite_master");
  } catch {
    // Not a database, or another process has it: there is nothing to give up.
  }
  db.close();
}
