/** What the rows of entries spare a reader, and what becomes of a file whose rows did not. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Entry } from "../../src/ports/index.js";
import { loadDriver } from "../../src/stores/sqlite/driver.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { applicationId, migrations } from "../../src/stores/sqlite/schema.js";
import { chunk, creation, moved, userMessage } from "./tasks.js";

const folder = mkdtempSync(join(tmpdir(), "parley-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

const working = creation({ id: "t1", contextId: "c", state: "TASK_STATE_WORKING" });
const completed = moved("t1", "c", "TASK_STATE_COMPLETED", 2000);

describe("sqlite: rows of entries", () => {
  /** Bytes this process has read from files so far. */
  const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

  it.runIf(existsSync("/proc/self/io"))("are passed over unread when artifacts are not wanted", async () => {
    const path = join(folder, "large.db");
    const store = sqlite(path);
    await store.open();
    const { head } = working;
    await store.journal.append([working]);
    const text = "x".repeat(32 * 1024);
    let seq = 1;
    for (let i = 0; i < 32; i++) {
      const entries = Array.from(
        { length: 64 },
        (_, k) => new Entry(seq + k + 1, chunk("t1", "c", text, seq + k > 1)),
      );
      await store.journal.append([{ head: { ...head, seq: seq + 64 }, expected: seq, entries }]);
      seq += 64;
    }
    const ended = { ...head, state: "TASK_STATE_COMPLETED", statusMillis: 2000, seq: seq + 1 } as const;
    await store.journal.append([{ head: ended, expected: seq, entries: [new Entry(seq + 1, completed)] }]);
    await store.close();

    const again = sqlite(path);
    await again.open();
    const before = bytesRead();
    const task = JSON.parse((await again.journal.load("t1", { artifacts: false }))?.json ?? "");
    expect(task).toMatchObject({ id: "t1", status: { state: "TASK_STATE_COMPLETED" } });
    expect(bytesRead() - before).toBeLessThan(2 * 1024 * 1024);
    await again.journal.read("t1", 0, 1e9);
    expect(bytesRead() - before).toBeGreaterThan(64 * 1024 * 1024);
    await again.close();
  });

  it("of large artifacts have nothing else in them", async () => {
    const path = join(folder, "mixed.db");
    const store = sqlite(path);
    await store.open();
    const events = [
      moved("t1", "c", "TASK_STATE_WORKING", 1500),
      chunk("t1", "c", "x".repeat(100_000), false),
      chunk("t1", "c", "short", true),
      completed,
    ];
    const entries = [...working.entries, ...events.map((event, i) => new Entry(i + 2, event))];
    const head = { ...working.head, state: "TASK_STATE_COMPLETED", seq: 5 } as const;
    await store.journal.append([{ head, expected: 0, entries }]);
    await store.close();
    const db = new (loadDriver())(path);
    const rows = db.prepare("SELECT seq, artifacts_only FROM entries ORDER BY seq").all();
    expect(rows.map((row) => ({ ...(row as object) }))).toEqual([
      { seq: 2, artifacts_only: 0 },
      { seq: 3, artifacts_only: 1 },
      { seq: 5, artifacts_only: 0 },
    ]);
    db.close();
  });

  it("of a file of version 1 are brought up to date", async () => {
    const path = join(folder, "version-1.db");
    const db = new (loadDriver())(path);
    db.exec(migrations[0] as string);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1`);
    db.exec("INSERT INTO scopes (id, kind, name, s3) VALUES (1, 1, 'alice', 1)");
    db.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run("t1", "c", 1, 3, -2000, 6, 500, 0);
    const add = db.prepare("INSERT INTO entries VALUES (?, ?, ?)");
    const [first, ...rest] = [
      (working.entries[0] as Entry).json,
      ...[chunk("t1", "c", "a", false), chunk("t1", "c", '\n{"statusUpdate"\n>', true)].map((event) =>
        JSON.stringify(event),
      ),
      `>${JSON.stringify(userMessage(1))}\n${JSON.stringify(moved("t1", "c", "TASK_STATE_WORKING", 1500))}`,
      JSON.stringify(chunk("t1", "c", "b", true)),
      JSON.stringify(completed),
    ] as [string, string, string, string, string, string];
    add.run("t1", 1, first);
    add.run("t1", 3, rest.slice(0, 2).join("\n"));
    add.run("t1", 4, rest[2] as string);
    add.run("t1", 6, rest.slice(3).join("\n"));
    db.close();

    const store = sqlite(path);
    await store.open();
    const load = async (artifacts: boolean) =>
      JSON.parse((await store.journal.load("t1", { artifacts }))?.json ?? "");
    const task = await load(true);
    expect(task.artifacts).toEqual([{ artifactId: "a", parts: [{ text: 'a\n{"statusUpdate"\n>b' }] }]);
    expect(task.history.at(-1)).toEqual(userMessage(1));
    const { artifacts: _, ...bare } = task;
    expect(await load(false)).toEqual(bare);
    await store.close();

    const after = new (loadDriver())(path);
    const flags = after
      .prepare<{ artifacts_only: number }>("SELECT artifacts_only FROM entries ORDER BY seq")
      .all();
    expect(flags.map((row) => row.artifacts_only)).toEqual([0, 1, 0, 0]);
    expect(after.prepare<{ user_version: number }>("PRAGMA user_version").get()?.user_version).toBe(
      migrations.length,
    );
    after.close();
  });
});
