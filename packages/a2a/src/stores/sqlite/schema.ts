/** The tables, as numbered migrations: a file's `user_version` says how many it has had. */
import type { Database } from "./driver.js";

/** "Prly": says in the file's header whose it is. */
export const applicationId = 0x50726c79;

/**
 * One more is added when the tables change; those that were published never change.
 *
 * - `scopes`: owners (kind 1) and the contexts that ever had several tasks (kind 2), each with its number of
 *   tasks per state, kept in the same transaction as the tasks.
 * - `tasks`: heads. `age` is the negated status time, so that the order of lists, newest first and then by id,
 *   is ascending in both columns and a cursor is one comparison. `loose` is how much was written since the
 *   snapshot, in characters; `snapshot_seq` is 0 without one. `folded` says that retention is done with the entries.
 * - `entries`: the entries that one append brought, as a single row keyed by its last number (several rows if
 *   they are long). `artifacts_only` says that the row has nothing but artifacts in it; it is part of the key
 *   so that the index alone tells which rows to pass over. Numbers below 0 are those of entries that were folded.
 * - `notes`: what runs leave beside their entries.
 * - `places`: how far each push configuration's deliveries have come. `due` and `made` are milliseconds since 1970.
 *   Who has claimed a place is not kept: there is one process, and when it is gone nobody has.
 * - `dead_letters`: entries that were given up; `again` says that one is to be sent once more.
 * - `sends`: what was sent under an idempotency key, and the task or the answer that came of it.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE scopes (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    s1 INTEGER NOT NULL DEFAULT 0, s2 INTEGER NOT NULL DEFAULT 0, s3 INTEGER NOT NULL DEFAULT 0,
    s4 INTEGER NOT NULL DEFAULT 0, s5 INTEGER NOT NULL DEFAULT 0, s6 INTEGER NOT NULL DEFAULT 0,
    s7 INTEGER NOT NULL DEFAULT 0, s8 INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, name)
  );
  CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    context TEXT NOT NULL,
    owner INTEGER NOT NULL,
    state INTEGER NOT NULL,
    age INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    loose INTEGER NOT NULL,
    snapshot_seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tasks_by_owner ON tasks (owner, state, age, id);
  CREATE INDEX tasks_by_context ON tasks (context, state, age, id);
  CREATE TABLE entries (
    task TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (task, seq)
  );
  CREATE TABLE snapshots (task TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE push_configs (
    task TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (task, id)
  );`,
  `ALTER TABLE entries RENAME TO entries_1;
  CREATE TABLE entries (
    task TEXT NOT NULL,
    seq INTEGER NOT NULL,
    artifacts_only INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (task, seq, artifacts_only)
  );
  INSERT INTO entries SELECT
    task,
    seq,
    body GLOB '{"artifactUpdate"*' AND NOT instr(body, char(10) || '{"statusUpdate"') AND NOT instr(body, char(10) || '>'),
    body
  FROM entries_1 ORDER BY task, seq;
  DROP TABLE entries_1;`,
  `CREATE TABLE notes (task TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (task, key)) WITHOUT ROWID;`,
  `CREATE TABLE places (
    task TEXT NOT NULL,
    config TEXT NOT NULL,
    state INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failing INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    due INTEGER,
    made INTEGER NOT NULL,
    PRIMARY KEY (task, config)
  ) WITHOUT ROWID;
  CREATE INDEX places_active ON places (task, config) WHERE state = 0;
  CREATE INDEX places_due ON places (due) WHERE state = 0 AND due IS NOT NULL;
  CREATE TABLE dead_letters (
    task TEXT NOT NULL,
    config TEXT NOT NULL,
    seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    again INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task, config, seq)
  ) WITHOUT ROWID;
  INSERT INTO places (task, config, state, seq, made)
    SELECT c.task, c.id, coalesce(t.state, 0) IN (3, 4, 5, 7), coalesce(t.seq, 0), 1000 * unixepoch()
    FROM push_configs c LEFT JOIN tasks t ON t.id = c.task;`,
  `CREATE TABLE sends (
    key TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    task TEXT NOT NULL,
    node TEXT NOT NULL,
    answer TEXT,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sends_by_age ON sends (at);`,
  `ALTER TABLE tasks ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX tasks_ended ON tasks (folded, age, id) WHERE state IN (3, 4, 5, 7);`,
  `CREATE INDEX sends_by_task ON sends (task);`,
];

/** Brings the file to the newest version, all or nothing. */
export function migrate(db: Database, from: number): void {
  if (from === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const sql of migrations.slice(from)) db.exec(sql);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    rollback(db);
    throw error;
  }
}

function rollback(db: Database): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself: of a full disk, for example.
  }
}
