/** What is particular to retention in PostgreSQL: who reads meanwhile, and how little a call looks at. */
import { startPostgres } from "@parley/servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import type { Append, Stepped, Store } from "../../src/ports/index.js";
import { Entry } from "../../src/ports/index.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { type Tables, tablesOf } from "./postgres-tables.js";
import { chunk, creation, move } from "./tasks.js";

describeWith("postgres", "postgres: retention", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let tables: Tables;
  let one: Store;
  let two: Store;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    tables = await tablesOf(server.url);
    one = postgres(server.url);
    two = postgres(server.url);
    await one.open();
    await two.open();
  });
  afterAll(async () => {
    await one?.close();
    await two?.close();
    await tables?.close();
    await server?.remove();
  });

  async function round(call: (after: string | undefined) => Stepped | Promise<Stepped>): Promise<number> {
    let tasks = 0;
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const stepped = await call(after);
      tasks += stepped.tasks;
      after = stepped.next;
    }
    return tasks;
  }

  it("shows a task as it is while two nodes fold it, however long it is", async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `t${i}`);
    const appends: Append[] = [];
    for (const [n, id] of ids.entries()) {
      const first = creation({ id, state: "TASK_STATE_WORKING" });
      appends.push(first);
      let { head } = first;
      // So many rows that they are read in several steps.
      for (let i = 0; i < 300; i++) {
        const next = move(head, "TASK_STATE_WORKING", 2000 + i);
        const piece = new Entry(
          head.seq + 2,
          chunk(id, head.contextId, `${i} `.repeat(100 * (n % 3)), i > 0),
        );
        head = { ...next.head, seq: head.seq + 2 };
        appends.push({ ...next, head, entries: [...next.entries, piece] });
      }
      appends.push(move(head, "TASK_STATE_COMPLETED", 9000));
    }
    for (let i = 0; i < appends.length; i += 500) await one.journal.append(appends.slice(i, i + 500));
    const load = async (artifacts: boolean) =>
      new Map([...(await one.journal.loadMany(ids, { artifacts }))].map(([id, { json }]) => [id, json]));
    const before = [await load(true), await load(false)];

    let folding = true;
    const compact = (store: Store) =>
      round((after) => store.retention.compact({ limit: 2, endedForMillis: 1, after }));
    const folded = Promise.all([compact(one), compact(two)]).finally(() => {
      folding = false;
    });
    let looks = 0;
    for (; folding; looks++) expect([await load(true), await load(false)]).toEqual(before);
    const counts = await folded;
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(ids.length);
    expect(looks).toBeGreaterThan(0);
    expect([await load(true), await load(false)]).toEqual(before);
    expect(await tables.query("SELECT FROM entries WHERE seq > 0")).toEqual([]);
    expect(await round((after) => two.retention.expire({ limit: 5, endedForMillis: 1, after }))).toBe(
      ids.length,
    );
  });

  it("looks at no task that is to stay", async () => {
    const tasks = 100_000;
    await one.journal.append([creation({ id: "first", contextId: "c", millis: 0 })]);
    await tables.query(
      `INSERT INTO tasks (id, context, owner, state, age, seq, loose, epoch, claims, noted, folded)
       SELECT 'n' || i, 'c' || i, (SELECT id FROM owners), 3 + i % 3, i - extract(epoch FROM now()) * 1000, 1, 0, 0, true,
         false, i % 2 = 0
       FROM generate_series(1, ${tasks}) i`,
    );
    await tables.query(
      "INSERT INTO owner_tasks SELECT owner, state, 17, count(*) FROM tasks WHERE id <> 'first' GROUP BY owner, state",
    );
    await tables.query("ANALYZE tasks");
    const calls: Readonly<Record<string, (store: Store, after?: string) => Stepped | Promise<Stepped>>> = {
      trim: ({ retention }, after) => retention.trim({ limit: 5, keepPerOwner: tasks - 5, after }),
      expire: ({ retention }, after) => retention.expire({ limit: 5, endedForMillis: 3_600_000, after }),
      "expire by owner": ({ retention }, after) =>
        retention.expire({
          limit: 5,
          endedForMillis: { least: 3_600_000, of: () => 3_600_000 },
          after,
        }),
      compact: ({ retention }, after) => retention.compact({ limit: 5, endedForMillis: 3_600_000, after }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const store = postgres(server.url, { connections: 1 });
      await store.open();
      const before = await tables.blocks();
      const found = await round((after) => call(store, after));
      expect(found, name).toBe(name === "trim" ? 5 : 0);
      // A connection says what it has read when it ends.
      await store.close();
      await expect.poll(tables.blocks, { timeout: 10_000 }).toBeGreaterThan(before);
      // All tasks are many thousands of blocks.
      expect((await tables.blocks()) - before, name).toBeLessThan(300);
    }
  });
});
