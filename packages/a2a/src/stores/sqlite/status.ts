/** What a file is, looked at without using it. */
import { existsSync } from "node:fs";
import type { SchemaStatus, TaskCounts } from "../schema-status.js";
import { stateNumbers } from "../text.js";
import { type Database, loadDriver } from "./driver.js";
import { checkVersion, explain, type FileOptions } from "./file.js";
import { migrations } from "./schema.js";
import { kinds } from "./statements.js";

/** Which version a file is, without changing it. @throws Error with a message for the operator. */
export function statusOf(path: string, { busyMillis }: FileOptions): SchemaStatus {
  const newest = migrations.length;
  if (!existsSync(path)) return { version: 0, newest };
  const db = new (loadDriver())(":memory:");
  try {
    db.exec(`PRAGMA busy_timeout = ${busyMillis}`);
    db.prepare(`ATTACH ? AS ${attached}`).run(path);
    const { version } = checkVersion(db, path, attached);
    return { version, newest, ...(version === newest && { tasks: countsOf(db) }) };
  } catch (error) {
    throw explain(error, path);
  } finally {
    detach(db);
  }
}

/** The name of a file that is only looked at: it can be let go of while a binding still holds statements. */
const attached = "looked_at";

function detach(db: Database): void {
  try {
    db.exec(`DETACH ${attached}`);
  } catch {
    // It could not be attached.
  }
  db.close();
}

function countsOf(db: Database): TaskCounts {
  const states = Object.entries(stateNumbers);
  const sums = states.map(([state, n]) => `TOTAL(s${n}) AS ${state}`).join(", ");
  const scopes = `${attached}.scopes WHERE kind = ${kinds.owner}`;
  const row = db.prepare<TaskCounts>(`SELECT ${sums} FROM ${scopes}`).get() ?? {};
  return Object.fromEntries(Object.entries(row).filter(([, count]) => count > 0));
}
