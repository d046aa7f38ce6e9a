import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadDriver } from "../../src/stores/sqlite/driver.js";
import { migrateSqlite, sqlite, sqliteStatus } from "../../src/stores/sqlite/index.js";
import { applicationId, migrations } from "../../src/stores/sqlite/schema.js";
import { creation } from "./tasks.js";

const folder = mkdtempSync(join(tmpdir(), "parley-status-"));
afterAll(() => rmSync(folder, { recursive: true }));

const newest = migrations.length;

it("says which version a file is and what is in it, and changes nothing", async () => {
  const path = join(folder, "tasks.db");
  expect(await sqliteStatus(path)).toEqual({ version: 0, newest });
  expect(existsSync(path)).toBe(false);
  const store = sqlite(path);
  await store.open();
  await store.journal.append([
    creation({ id: "t1", contextId: "c" }),
    creation({ id: "t2", contextId: "c", state: "TASK_STATE_COMPLETED" }),
    creation({ id: "t3", contextId: "c", state: "TASK_STATE_COMPLETED" }),
    creation({ id: "t4", owner: "bob", state: "TASK_STATE_COMPLETED" }),
  ]);
  await expect(sqliteStatus(path, { busyMillis: 10 })).rejects.toThrow(/is in use by another Parley process/);
  await store.close();
  const tasks = { TASK_STATE_SUBMITTED: 1, TASK_STATE_COMPLETED: 3 };
  expect(await sqliteStatus(path)).toEqual({ version: newest, newest, tasks });
});

it("brings an older file to the newest version when told", async () => {
  const path = join(folder, "old.db");
  const db = new (loadDriver())(path);
  db.exec(migrations[0] ?? "");
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1`);
  db.close();
  expect(await sqliteStatus(path)).toEqual({ version: 1, newest });
  expect(await migrateSqlite(path)).toBe(1);
  expect(await migrateSqlite(path)).toBe(newest);
  expect(await migrateSqlite(join(folder, "new.db"))).toBe(0);
  expect(await sqliteStatus(path)).toEqual({ version: newest, newest, tasks: {} });
});

it("refuses what is not Parley's", async () => {
  const path = join(folder, "other.db");
  const db = new (loadDriver())(path);
  db.exec("CREATE TABLE t (a)");
  db.close();
  for (const call of [sqliteStatus, migrateSqlite])
    await expect(call(path)).rejects.toThrow(/is a SQLite database, but not Parley's/);
});
