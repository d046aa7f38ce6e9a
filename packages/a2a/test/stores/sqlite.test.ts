import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Entry } from "../../src/ports/index.js";
import { loadDriver } from "../../src/stores/sqlite/driver.js";
import { migrateSqlite, sqlite, sqliteStatus } from "../../src/stores/sqlite/index.js";
import { placeOf } from "../../src/stores/sqlite/place.js";
import { migrations } from "../../src/stores/sqlite/schema.js";
import { storeContract } from "./contract.js";
import { outboxContract } from "./outbox-contract.js";
import { chunk, creation, move, plain, readAll } from "./tasks.js";

const folder = mkdtempSync(join(tmpdir(), "parley-sqlite-"));
let files = 0;
const newPath = () => join(folder, `${files++}`, "tasks.db");
afterAll(() => rmSync(folder, { recursive: true }));

storeContract("sqlite", () => sqlite(newPath()));
outboxContract("sqlite", () => sqlite(newPath()));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const program = fileURLToPath(new URL("./child.mjs", import.meta.url));

/** A process that has the file open; `lines` are what it says after that. */
async function start(path: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("open");
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return { pid: child.pid, lines, kill };
}

describe("sqlite: the file", () => {
  it("has everything when it is opened again", async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.open();
    const [first, other] = [creation({ id: "t1", contextId: "c" }), creation({ id: "t2", contextId: "c" })];
    const second = move(first.head, "TASK_STATE_COMPLETED", 2000);
    await store.journal.append([first, other, second]);
    await store.pushConfigs.put({ id: "p", taskId: "t1", url: "https://example.com", token: "secret" });
    const before = await store.journal.load("t1");
    const page = await store.journal.list({ owner: "alice", contextId: "c", limit: 10 });
    await store.close();

    const again = sqlite(path);
    await again.open();
    expect(await again.journal.load("t1")).toEqual(before);
    expect(await again.journal.list({ owner: "alice", contextId: "c", limit: 10 })).toEqual(page);
    expect(plain(await readAll(again.journal, "t1", 0, 1000))).toEqual(
      plain([...first.entries, ...second.entries]),
    );
    expect(await again.journal.contextOwner("c")).toBe("alice");
    expect((await again.journal.running()).map(({ id }) => id)).toEqual(["t2"]);
    expect(await again.pushConfigs.get("t1", "p")).toMatchObject({ token: "secret" });
    await again.close();
  });

  it("can be read by its owner alone", async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.open();
    expect(statSync(path).mode & 0o077).toBe(0);
    await store.close();
  });

  it("keeps a snapshot of a long log, and loads a longer one without", async () => {
    const store = sqlite(newPath());
    await store.open();
    const head = creation({ id: "t1", contextId: "c", state: "TASK_STATE_WORKING" }).head;
    await store.journal.append([creation({ id: "t1", contextId: "c", state: "TASK_STATE_WORKING" })]);
    const part = "x".repeat(100_000);
    const grow = (seq: number, snapshot?: () => string) => {
      const entries = [new Entry(seq, chunk("t1", "c", part, seq > 2))];
      return store.journal.append([{ head: { ...head, seq }, expected: seq - 1, entries, snapshot }]);
    };
    const kept = {
      id: "t1",
      contextId: "c",
      status: { state: "TASK_STATE_WORKING" },
      artifacts: [{ artifactId: "a", parts: [{ text: "kept" }] }],
    };
    await grow(2, () => JSON.stringify(kept));
    expect((await store.journal.load("t1"))?.json).toBe(JSON.stringify(kept));
    await grow(3);
    expect(JSON.parse((await store.journal.load("t1"))?.json ?? "").artifacts[0].parts[0].text).toBe(
      `kept${part}`,
    );
    await store.close();
  });

  it("counts the tasks of a context from its second one on, instead of looking at each", async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.open();
    const tasks = ["t1", "t2", "t3"].map((id) => creation({ id, contextId: "shared" }));
    await store.journal.append([...tasks, creation({ id: "t4", contextId: "single" })]);
    await store.journal.append([
      move(creation({ id: "t1", contextId: "shared" }).head, "TASK_STATE_WORKING", 2000),
    ]);
    await store.close();
    const Driver = loadDriver();
    const db = new Driver(path);
    const counters = db.prepare("SELECT name, s1, s2 FROM scopes WHERE kind = 2").all();
    expect(counters).toEqual([expect.objectContaining({ name: "shared", s1: 2, s2: 1 })]);
    db.close();
  });

  it("keeps nothing of a batch that fails, and takes the next", async () => {
    const store = sqlite(newPath());
    await store.open();
    const broken = new Entry(1, "{}");
    Object.defineProperty(broken, "json", {
      get: () => {
        throw new Error("cannot be written");
      },
    });
    const bad = { ...creation({ id: "t2" }), entries: [broken] };
    expect(() => store.journal.append([creation({ id: "t1" }), bad])).toThrow("cannot be written");
    expect(await store.journal.head("t1")).toBeUndefined();
    expect((await store.journal.list({ owner: "alice", limit: 1 })).totalSize).toBe(0);
    await store.ping();
    expect(await store.journal.append([creation({ id: "t1" })])).toEqual([]);
    expect((await store.journal.list({ owner: "alice", limit: 1 })).totalSize).toBe(1);
    await store.close();
  });

  it("is refused when it is not a database, somebody else's, or from a newer Parley", async () => {
    const text = join(folder, "text.db");
    writeFileSync(text, "not a database ".repeat(100));
    await expect(sqlite(text).open()).rejects.toThrow(`${text} is not a SQLite database`);

    const Driver = loadDriver();
    const foreign = join(folder, "foreign.db");
    const theirs = new Driver(foreign);
    theirs.exec("CREATE TABLE users (name TEXT)");
    theirs.close();
    await expect(sqlite(foreign).open()).rejects.toThrow(`${foreign} is a SQLite database, but not Parley's`);

    const newer = newPath();
    const store = sqlite(newer);
    await store.open();
    await store.close();
    const ahead = new Driver(newer);
    ahead.exec("PRAGMA user_version = 999");
    ahead.close();
    await expect(sqlite(newer).open()).rejects.toThrow(/newer Parley \(schema 999; this one knows \d+\)/);
    // The refusal left the file free.
    const back = new Driver(newer);
    back.exec(`PRAGMA user_version = ${migrations.length}`);
    back.close();
    await store.open();
    await store.close();
  });

  it("is opened and closed also where nobody can be told by whom", async () => {
    const path = newPath();
    mkdirSync(`${path}.pid`, { recursive: true });
    const store = sqlite(path);
    await store.open();
    await expect(sqlite(path, { busyMillis: 10 }).open()).rejects.toThrow(
      /in use by another Parley process$/,
    );
    await store.close();
    await store.open();
    await store.close();
  });

  it("has a path, also where SQLite would read a URI", () => {
    expect(placeOf("file:tasks.db?vfs=unix-none")).toBe(join(process.cwd(), "file:tasks.db?vfs=unix-none"));
    expect(placeOf(":memory:")).toBe(":memory:");
  });

  it("says that it is not open, and what cannot be opened", async () => {
    const path = newPath();
    const store = sqlite(path);
    expect(() => store.journal.head("t1")).toThrow(`The store ${path} is not open`);
    await expect(sqlite(folder).open()).rejects.toThrow(folder);
  });
});

describe("sqlite: processes", () => {
  it("lets one process have the file, names it to another, and frees it when it is killed", async () => {
    const path = newPath();
    const holder = await start(path, "hold");
    const store = sqlite(path, { busyMillis: 50 });
    await expect(store.open()).rejects.toThrow(
      `${path} is in use by another Parley process (pid ${holder.pid})`,
    );
    await holder.kill();
    await store.open();
    await store.ping();
    await store.close();
  });

  it("keeps the file from others when its own process opens it once more", async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.open();
    const inUse = `${path} is in use by another Parley process (pid ${process.pid})`;
    await expect(sqlite(path, { busyMillis: 10 }).open()).rejects.toThrow(inUse);
    const { stdout, stderr } = spawnSync(process.execPath, [program, path], { timeout: 10_000 });
    expect([`${stdout}`, `${stderr}`]).toEqual(["", expect.stringContaining(inUse)]);
    await store.close();
  });

  it.runIf(process.platform === "linux")("says why new tables cannot be written", () => {
    const limited = ["-c", 'ulimit -f 64 && exec "$0" "$@"', process.execPath, program, newPath()];
    const { stdout, stderr } = spawnSync("sh", limited, { timeout: 10_000 });
    expect([`${stdout}`, `${stderr}`]).toEqual([
      "",
      expect.stringContaining("cannot be opened: disk I/O error"),
    ]);
  });

  it("looks at the file of one that was killed, and has it afterwards", async () => {
    const path = newPath();
    const child = await start(path, "append", "r");
    await child.lines.next();
    await child.kill();
    const { version, tasks } = await sqliteStatus(path, { busyMillis: 10 });
    expect(tasks?.TASK_STATE_WORKING).toBeGreaterThanOrEqual(8);
    expect(await migrateSqlite(path, { busyMillis: 10 })).toBe(version);
    const store = sqlite(path, { busyMillis: 10 });
    await store.open();
    expect(await store.journal.head("r-0-7")).toMatchObject({ seq: 2 });
    await store.close();
  });

  it("keeps every append it acknowledged when the process is killed, ten times over", async () => {
    const path = newPath();
    let acknowledged = 0;
    for (let cycle = 0; cycle < 10; cycle++) {
      const child = await start(path, "append", `r${cycle}`);
      let last = -1;
      for (let n = 0; n <= cycle * 3; n++) last = Number((await child.lines.next()).value);
      await child.kill();
      for (let line = await child.lines.next(); !line.done; line = await child.lines.next())
        last = Number(line.value);

      const store = sqlite(path);
      await store.open();
      for (let batch = 0; batch <= last; batch++) {
        for (let i = 0; i < 8; i++) {
          const id = `r${cycle}-${batch}-${i}`;
          const { json } = (await store.journal.load(id)) ?? { json: "{}" };
          expect(JSON.parse(json).artifacts?.[0].parts).toEqual([{ text: id.repeat(40) }]);
        }
      }
      acknowledged += 8 * (last + 1);
      const { totalSize } = await store.journal.list({ owner: "o", limit: 1 });
      expect(totalSize).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = totalSize;
      await store.close();
    }
  });
});
