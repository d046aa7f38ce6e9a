import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { artifact, defineAgent, inputRequired, text } from "@parley/a2a";
import { serve } from "@parley/a2a/node";
import type { Store } from "@parley/a2a/ports";
import { postgres } from "@parley/a2a/postgres";
import { sqlite } from "@parley/a2a/sqlite";
import { type RealServer, startPostgres } from "@parley/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../test/with-server.js";
import { folder, parley } from "./harness.js";

const agent = defineAgent({
  card: { name: "Asks", description: "Asks", version: "1" },
  async *execute({ text: said }) {
    for (const part of ["a", "b\u2028", "c"]) yield artifact("echo", [text(part)], { append: part !== "a" });
    if (said === "ask") yield inputRequired("Which?");
  },
});

/** Talks to an agent on a store: a task that has ended, one that waits, and `many` others. */
async function talk(store: Store, many = 0): Promise<void> {
  await using server = await serve(agent, {
    port: 0,
    store,
    post: async () => ({ status: 204 }),
    log: silent,
  });
  const post = (words: string, configuration?: object) =>
    fetch(`${server.url}/message:send`, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json" },
      body: JSON.stringify({
        message: { messageId: "m", role: "ROLE_USER", parts: [{ text: words }] },
        configuration,
      }),
    });
  const url = "https://client.example/hook";
  for (const words of ["hello", "ask"])
    expect((await post(words, { taskPushNotificationConfig: { id: "a", url, token: "t0ken" } })).status).toBe(
      200,
    );
  for (let i = 0; i < many; i++) expect((await post("hello")).status).toBe(200);
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What callers of an agent on this store see, and what its streams and webhooks are made of. */
async function contents(store: Store): Promise<unknown> {
  const seen: unknown[] = [];
  await using server = await serve(agent, { port: 0, store, log: silent });
  const listed = await parley(["task", "list", "--all", "--artifacts", "-o", "json", "-a", server.url]);
  const { tasks } = listed.document() as { tasks: { id: string }[] };
  for (const { id } of tasks) {
    const got = await parley(["task", "get", id, "-o", "json", "-a", server.url]);
    const entries = await store.journal.read(id, 0, 1e6);
    seen.push({
      task: got.document(),
      events: entries?.map(({ seq, json, message }) => ({ seq, json, message })),
      configs: await store.pushConfigs.list(id),
    });
  }
  return { tasks, seen };
}

describe("store", () => {
  it("says what it needs", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "there.jsonl"), "");
    for (const [args, said] of [
      [["status"], "--store says where"],
      [["migrate", "--store", "memory"], "--store says where"],
      [["export", "--store", "none.db", "--out", "x"], "there is no file none.db"],
      [["export", "--store", "none.db"], "--out says where to"],
      [["export", "--store", "none.db", "--out", "there.jsonl"], "there already"],
      [["import", "none.jsonl", "--store", "none.db"], "there is no file none.jsonl"],
      [["import", "--store", "none.db"], "missing required argument 'file'"],
      [["status", "--store", "mysql://u:s3cret@h/d"], "mysql: is no store"],
    ] as const) {
      const { code, stdout, stderr } = await parley(["store", ...args], { cwd });
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain("s3cret");
    }
    expect(existsSync(join(cwd, "none.db"))).toBe(false);
  });

  it("makes a file, says what is in it, and whose it is while an agent runs", async () => {
    const cwd = folder();
    const store = (...args: string[]) => parley(["store", ...args, "--store", "tasks.db"], { cwd });
    expect((await store("status")).stdout).toMatch(
      /^Store: tasks\.db\nSchema: none \(newest: \d+\)\nNext: parley store migrate --store tasks\.db\n$/,
    );
    expect(existsSync(join(cwd, "tasks.db"))).toBe(false);
    expect((await store("migrate")).stdout).toMatch(/^Store: tasks\.db\nSchema: \d+ \(was none\)\n$/);
    expect((await store("migrate")).stdout).toMatch(/^Schema: \d+ \(as before\)$/m);
    await talk(sqlite(join(cwd, "tasks.db")));
    expect((await store("status")).stdout).toMatch(
      /^Store: tasks\.db\nSchema: \d+\nTasks: 2\nTASK_STATE_COMPLETED: 1\nTASK_STATE_INPUT_REQUIRED: 1\n$/,
    );
    const { version, newest, ...rest } = (await store("status", "-o", "json")).document();
    expect(version).toBe(newest);
    expect(rest).toEqual({
      store: "tasks.db",
      tasks: { TASK_STATE_COMPLETED: 1, TASK_STATE_INPUT_REQUIRED: 1 },
    });

    const open = sqlite(join(cwd, "tasks.db"));
    await open.open();
    for (const args of [["status"], ["migrate"], ["export", "--out", "-"]]) {
      const busy = await store(...args);
      expect([busy.code, busy.stdout]).toEqual([1, ""]);
      expect(busy.stderr).toContain("is in use by another Parley process");
      expect(busy.stderr).toContain("Hint: A SQLite file belongs to one process at a time");
    }
    await open.close();
  });

  it("exports to a file that only its owner can read, and to stdout, and imports from both", async () => {
    const cwd = folder();
    await talk(sqlite(join(cwd, "from.db")), 4);
    const run = (args: string[], stdin?: string) =>
      parley(["store", ...args], { cwd, ...(stdin !== undefined && { stdin }) });
    const saved = await run(["export", "--store", "from.db", "--out", "x.jsonl"]);
    expect(saved.stdout).toBe(
      `Store: from.db\nFile: ${join(cwd, "x.jsonl")}\nTasks: 6\nNext: parley store import x.jsonl --store "<another store>"\n`,
    );
    expect(statSync(join(cwd, "x.jsonl")).mode & 0o777).toBe(0o600);
    expect(existsSync(join(cwd, "x.jsonl.partial"))).toBe(false);
    const printed = await run(["export", "--store", "from.db", "--out", "-", "-o", "json"]);
    expect(printed.stdout).toBe(readFileSync(join(cwd, "x.jsonl"), "utf8"));
    expect(printed.stderr).toBe("Exported 6 tasks\n");
    const again = await run(["export", "--store", "from.db", "--out", "x.jsonl", "--force", "-o", "json"]);
    expect(again.document()).toEqual({ store: "from.db", file: join(cwd, "x.jsonl"), tasks: 6 });

    const first = await run(["import", "x.jsonl", "--store", "to.db"]);
    expect(first).toMatchObject({ code: 0, stdout: "Store: to.db\nImported: 6\nAlready there: 0\n" });
    const second = await run(["import", "-", "--store", "to.db", "-o", "json"], printed.stdout);
    expect(second.document()).toEqual({ store: "to.db", tasks: 0, present: 6 });
    expect(await contents(sqlite(join(cwd, "to.db")))).toEqual(await contents(sqlite(join(cwd, "from.db"))));
  });

  it("says which line of an import is wrong, or that its end is missing, and what stays", async () => {
    const cwd = folder();
    await talk(sqlite(join(cwd, "from.db")));
    const { stdout } = await parley(["store", "export", "--store", "from.db", "--out", "-"], { cwd });
    const into = (stdin: string, ...args: string[]) =>
      parley(["store", "import", "-", "--store", "to.db", ...args], { cwd, stdin });
    expect((await into("nonsense\n")).stderr).toContain("Line 1: not an export");
    const cut = await into(stdout.slice(0, stdout.lastIndexOf("\n", stdout.length - 2) + 1));
    expect(cut.code).toBe(1);
    expect(cut.stderr).toContain("The export breaks off: 2 of its tasks are there");
    expect(cut.stderr).toContain("Hint: What was imported before this stays");
    const broken = await into(stdout.replace('{"seq":2,', '{"seq":3,'), "-o", "json");
    expect(broken.document()).toMatchObject({
      error: { message: expect.stringMatching(/^Line \d+: entry 3 does not follow entry 1$/) },
    });
    expect((await into(stdout)).stdout).toContain("Already there: 2\n");
  });

  it("stops when it is told to, and leaves nothing half-done under the name", async () => {
    const cwd = folder();
    await talk(sqlite(join(cwd, "from.db")));
    const signal = AbortSignal.abort("SIGINT");
    const args = ["store", "export", "--store", "from.db", "--out", "x.jsonl"];
    expect((await parley(args, { cwd, signal })).code).toBe(130);
    expect(existsSync(join(cwd, "x.jsonl")) || existsSync(join(cwd, "x.jsonl.partial"))).toBe(false);
  });
});

describeWith("postgres", "store in PostgreSQL", () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server?.remove());

  it("takes what a SQLite file had: the same tasks, lists, events and webhooks", async () => {
    const cwd = folder();
    const url = server.url.replace("postgres@", "postgres:s3cret@");
    const said: string[] = [];
    const run = async (...args: string[]) => {
      const ran = await parley(["store", ...args], { cwd, env: { PARLEY_STORE: url } });
      said.push(ran.stdout, ran.stderr);
      return ran;
    };
    await talk(sqlite(join(cwd, "tasks.db")), 3);
    expect((await run("status")).stdout).toContain("Schema: none");
    expect((await run("export", "--out", "-")).stderr).toContain("run parley store migrate");
    await run("export", "--store", "tasks.db", "--out", "x.jsonl");
    expect((await run("import", "x.jsonl")).stdout).toBe(
      `Store: ${server.url}\nImported: 5\nAlready there: 0\n`,
    );
    expect((await run("import", "x.jsonl")).stdout).toContain("Imported: 0\nAlready there: 5\n");
    expect((await run("status")).stdout).toContain("Tasks: 5\nTASK_STATE_COMPLETED: 4\n");
    expect((await run("migrate")).stdout).toMatch(/Schema: \d+ \(as before\)/);
    expect(await contents(postgres(server.url))).toEqual(await contents(sqlite(join(cwd, "tasks.db"))));

    await run("export", "--out", "back.jsonl");
    await run("import", "back.jsonl", "--store", "back.db");
    expect(await contents(sqlite(join(cwd, "back.db")))).toEqual(
      await contents(sqlite(join(cwd, "tasks.db"))),
    );
    const listed = await parley(["push", "list", "--troubled", "--store", url], { cwd });
    expect(listed.code).toBe(0);
    expect(listed.stdout + said.join("")).not.toContain("s3cret");
  });

  it("shows no password when the database cannot be reached", async () => {
    for (const url of [
      "postgres://me:s3cret@127.0.0.1:1/x",
      "postgres://127.0.0.1:1/x?user=me&password=s3cret",
    ]) {
      const { code, stdout, stderr } = await parley(["store", "status", "--store", url, "--debug"]);
      expect(code).toBe(1);
      expect(stderr).toContain("127.0.0.1:1");
      expect(stdout + stderr).not.toContain("s3cret");
    }
  });
});
