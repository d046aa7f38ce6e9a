/** What is particular to PostgreSQL: versions of the schema, keys that no index takes, reading by index alone. */
import { startPostgres } from "@parley/servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { Entry, type ListQuery } from "../../src/ports/index.js";
import { migratePostgres, postgres, postgresStatus } from "../../src/stores/postgres/index.js";
import { migrations } from "../../src/stores/postgres/schema.js";
import { type Tables, tablesOf } from "./postgres-tables.js";
import { chunk, creation } from "./tasks.js";

/** A busy machine takes its time. */
const patient = { timeout: 10_000 };

describeWith("postgres", "postgres: the schema", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let tables: Tables;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    tables = await tablesOf(server.url);
  });
  afterAll(async () => {
    await tables?.close();
    await server?.remove();
  });
  beforeEach(() => tables.query("DROP SCHEMA IF EXISTS parley CASCADE; DROP SCHEMA IF EXISTS other CASCADE"));

  const newest = migrations.length;

  it("is made by the first of many nodes that open at once", async () => {
    const stores = Array.from({ length: 6 }, () => postgres(server.url));
    await Promise.all(stores.map((store) => store.open()));
    await Promise.all(stores.map((store, i) => store.journal.append([creation({ id: `t${i}` })])));
    expect((await stores[0]?.journal.list({ owner: "alice", limit: 1 }))?.totalSize).toBe(6);
    await Promise.all(stores.map((store) => store.close()));
    expect(await postgresStatus(server.url)).toEqual({
      version: newest,
      newest,
      tasks: { TASK_STATE_SUBMITTED: 6 },
    });
  });

  it("is left alone when that was asked, and made by the operator", async () => {
    const store = postgres(server.url, { migrate: false });
    await expect(store.open()).rejects.toThrow(
      /^The schema parley of PostgreSQL at 127\.0\.0\.1:\d+\/postgres is at schema 0, and this Parley needs \d+: run parley store migrate$/,
    );
    expect(await postgresStatus(server.url)).toEqual({ version: 0, newest });
    expect(await migratePostgres(server.url)).toBe(0);
    expect(await migratePostgres(server.url)).toBe(newest);
    await store.open();
    await store.ping();
    await store.close();
  });

  it("is refused when a newer Parley made it, without touching it", async () => {
    await migratePostgres(server.url);
    await tables.query("INSERT INTO migrations (version) VALUES (999)");
    const message =
      /was written by a newer Parley \(schema 999; this one knows \d+\): upgrade, or use another schema$/;
    for (const options of [{}, { migrate: false }]) {
      await expect(postgres(server.url, options).open()).rejects.toThrow(message);
    }
    await expect(postgresStatus(server.url)).rejects.toThrow(message);
    await tables.query("DELETE FROM migrations WHERE version = 999");
    expect((await postgresStatus(server.url)).version).toBe(newest);
  });

  it("stands beside another of the same database, however that is called", async () => {
    const [here, there] = [postgres(server.url), postgres(server.url, { schema: 'other "one"' })];
    await here.open();
    await there.open();
    await here.journal.append([creation({ id: "t1" })]);
    expect(await there.journal.head("t1")).toBeUndefined();
    await here.close();
    await there.close();
    await tables.query('DROP SCHEMA "other ""one""" CASCADE');
  });

  it("says what cannot be reached, and no password", async () => {
    const url = server.url.replace("postgres@", "postgres:secret@");
    const missing = postgres(url.replace(/\/postgres$/, "/nowhere"), { retryMillis: 0 });
    await expect(missing.open()).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+\/nowhere: database "nowhere" does not exist$/,
    );
    const closed = postgres("postgres://parley:secret@127.0.0.1:1/parley", { retryMillis: 0 });
    await expect(closed.open()).rejects.toThrow(/^PostgreSQL at 127\.0\.0\.1:1\/parley: .*ECONNREFUSED/);
    await expect(closed.journal.head("t1")).rejects.toThrow(
      "The store PostgreSQL at 127.0.0.1:1/parley is not open",
    );
  });

  it("takes keys of any length, and tells those apart that begin alike", async () => {
    const store = postgres(server.url);
    await store.open();
    const long = (end: string) => `${"k".repeat(10_000)}${end}\0`;
    const appends = ["a", "b"].map((end) => ({
      ...creation({ id: end, contextId: long(`c${end}`), owner: long(end) }),
      notes: [{ key: long("x"), json: end }],
    }));
    expect(await store.journal.append(appends)).toEqual([]);
    expect(await store.journal.head("a")).toEqual(appends[0]?.head);
    expect(await store.journal.contextOwner(long("cb"))).toBe(long("b"));
    expect(await store.journal.notes("b")).toEqual(appends[1]?.notes);
    const query = { owner: long("a"), contextId: long("ca"), limit: 9 };
    expect((await store.journal.list(query)).heads).toEqual([appends[0]?.head]);
    expect((await store.journal.list({ ...query, owner: long("b") })).heads).toEqual([]);
    const config = { taskId: "a", id: long("p"), url: "https://example.com" };
    await store.pushConfigs.put(config);
    expect(await store.pushConfigs.get("a", long("p"))).toEqual(config);
    expect(await store.pushConfigs.get("a", long("q"))).toBeUndefined();
    expect(await store.journal.head(long("t"))).toBeUndefined();
    await store.close();
  });

  it("keeps a snapshot of a long log, and loads a longer one without", async () => {
    const store = postgres(server.url);
    await store.open();
    const { head } = creation({ id: "t1", contextId: "c", state: "TASK_STATE_WORKING" });
    await store.journal.append([creation({ id: "t1", contextId: "c", state: "TASK_STATE_WORKING" })]);
    const part = "x".repeat(100_000);
    const grow = (seq: number, snapshot?: () => string) => {
      const entries = [new Entry(seq, chunk("t1", "c", part, seq > 2))];
      return store.journal.append([{ head: { ...head, seq }, expected: seq - 1, entries, snapshot }]);
    };
    const kept = JSON.stringify({
      id: "t1",
      contextId: "c",
      status: { state: "TASK_STATE_WORKING" },
      artifacts: [{ artifactId: "a", parts: [{ text: "kept" }] }],
    });
    await grow(2, () => kept);
    await expect.poll(async () => (await store.journal.load("t1"))?.json, patient).toBe(kept);
    await grow(3);
    const text = async () =>
      JSON.parse((await store.journal.load("t1"))?.json ?? "").artifacts[0].parts[0].text;
    expect(await text()).toBe(`kept${part}`);
    // What a newer snapshot has replaced is folded from the start.
    await tables.query("UPDATE snapshots SET seq = 3");
    expect(await text()).toBe(`${part}${part}`);
    await store.close();
  });

  it("lists without a look at more than the page, whatever was there when plans were made", async () => {
    const first = postgres(server.url, { connections: 1 });
    await first.open();
    const tasks = 100_000;
    const queries: readonly ListQuery[] = [
      { owner: "alice", limit: 50 },
      { owner: "alice", limit: 50, state: "TASK_STATE_COMPLETED" },
      { owner: "alice", limit: 50, after: { statusMillis: tasks / 2, id: "t" } },
      { owner: "alice", limit: 50, contextId: "c" },
      { owner: "alice", limit: 50, contextId: "c", after: { statusMillis: tasks / 2, id: "t" } },
      { owner: "alice", limit: 50, since: tasks - 30 },
    ];
    // While the tables are empty, more often than it takes to settle for a plan.
    for (let i = 0; i < 7; i++) for (const query of queries) await first.journal.list(query);
    await first.journal.append([creation({ id: "t0", contextId: "c", millis: 0 })]);
    await tables.query(
      `INSERT INTO tasks (id, context, owner, state, age, seq, loose, epoch, claims, noted)
       SELECT 't' || i, 'c', (SELECT id FROM owners), 1 + i % 8, -i, 1, 100, 0, false, false
       FROM generate_series(1, ${tasks}) i`,
    );
    await tables.query(
      `INSERT INTO owner_tasks SELECT owner, state, 17, count(*) FROM tasks WHERE id <> 't0' GROUP BY owner, state;
       INSERT INTO context_tasks SELECT context, state, count(*) FROM tasks GROUP BY context, state`,
    );
    await tables.query("ANALYZE tasks");
    await first.journal.list(queries[0] as ListQuery);
    await first.close();
    for (const query of queries) {
      const store = postgres(server.url, { connections: 1 });
      await store.open();
      const before = await tables.blocks();
      expect((await store.journal.list(query)).heads.length).toBeGreaterThan(29);
      // A connection says what it has read when it ends.
      await store.close();
      await expect.poll(tables.blocks, patient).toBeGreaterThan(before);
      // Up to 51 tasks in each of 8 states; all tasks are many thousands of blocks.
      expect((await tables.blocks()) - before, JSON.stringify(query)).toBeLessThan(500);
    }
  });
});
