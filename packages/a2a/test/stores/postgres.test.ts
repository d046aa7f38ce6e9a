import { startPostgres } from "@parley/servers";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import type { Store, TaskHead } from "../../src/ports/index.js";
import type { TaskState } from "../../src/protocol/index.js";
import { postgres } from "../../src/stores/postgres/index.js";
import { storeContract } from "./contract.js";
import { nodesContract } from "./nodes-contract.js";
import { outboxContract } from "./outbox-contract.js";
import { emptyStore, type Tables, tablesOf } from "./postgres-tables.js";
import { creation, move } from "./tasks.js";

describeWith("postgres", "postgres", () => {
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

  const create = () => emptyStore(() => ({ url: server.url, tables }));
  storeContract("postgres", create);
  outboxContract("postgres", create);
  nodesContract("postgres", create, () => postgres(server.url));

  const context = fc.integer({ min: 0, max: 5 }).map((n) => `c${n}`);
  const acts = (removals: number) =>
    fc.oneof(
      { arbitrary: fc.record({ create: context }), weight: 4 },
      {
        arbitrary: fc.record({
          move: fc.nat(),
          state: fc.constantFrom<TaskState>(
            "TASK_STATE_WORKING",
            "TASK_STATE_INPUT_REQUIRED",
            "TASK_STATE_COMPLETED",
          ),
        }),
        weight: 6,
      },
      { arbitrary: fc.record({ remove: fc.nat() }), weight: removals },
    );
  /** What one node does: batches, with now and then a task removed after one. */
  const scriptOf = (removals: number) =>
    fc.array(fc.array(acts(removals), { minLength: 1, maxLength: 10 }), { minLength: 10, maxLength: 30 });

  const deadlocks = async () => {
    const [row] = await tables.query<{ n: number }>(
      "SELECT deadlocks::integer AS n FROM pg_stat_database WHERE datname = current_database()",
    );
    return row?.n;
  };

  it.each([
    ["do at once", 0],
    ["do and remove at once", 1],
  ])("counts every task of an owner and of a context, whatever three nodes %s", async (_, removals) => {
    const script = scriptOf(removals);
    const before = await deadlocks();
    const property = fc.asyncProperty(fc.tuple(script, script, script), async (scripts) => {
      await tables.empty();
      const stores = scripts.map(() => postgres(server.url));
      for (const store of stores) await store.open();
      const heads = new Map<string, TaskHead>();
      const at = (n: number) => [...heads.values()][n % Math.max(1, heads.size)];
      const run = async ({ journal }: Store, batches: (typeof scripts)[number], name: string) => {
        for (const [i, acts] of batches.entries()) {
          const all = acts.flatMap((act, k) => {
            // Owners want each other's contexts as well.
            const owner = i % 7 ? "alice" : "bob";
            if ("create" in act) return [creation({ id: `${name}-${i}-${k}`, contextId: act.create, owner })];
            const head = "move" in act ? at(act.move) : undefined;
            return head && "state" in act ? [move(head, act.state, 2000 + i)] : [];
          });
          // A node says what it has of a task in one append.
          const appends = [...new Map(all.map((append) => [append.head.id, append])).values()];
          const refused = await journal.append(appends);
          for (const append of appends) if (!refused.includes(append)) heads.set(append.head.id, append.head);
          for (const act of acts) {
            const head = "remove" in act ? at(act.remove) : undefined;
            if (head === undefined) continue;
            heads.delete(head.id);
            await journal.remove(head.id);
          }
        }
      };
      await Promise.all(
        stores.map((store, i) => run(store, scripts[i] as (typeof scripts)[number], `n${i}`)),
      );
      const wrong = await tables.query(
        `SELECT 'owner', owner::text, state FROM
           (SELECT owner, state, sum(n) AS n FROM owner_tasks GROUP BY owner, state HAVING sum(n) <> 0) a
           FULL JOIN (SELECT owner, state, count(*) AS n FROM tasks GROUP BY owner, state) b USING (owner, state)
           WHERE a.n IS DISTINCT FROM b.n
         UNION ALL SELECT 'context', context, state FROM
           (SELECT context, state, n FROM context_tasks WHERE n <> 0) a
           FULL JOIN (
             SELECT context, state, count(*) AS n FROM tasks
             WHERE context IN (SELECT context FROM tasks GROUP BY context HAVING count(*) > 1)
               OR context IN (SELECT context FROM context_tasks) GROUP BY context, state
           ) b USING (context, state)
           WHERE a.n IS DISTINCT FROM b.n
         UNION ALL SELECT 'claims', context, 0 FROM tasks GROUP BY context
           HAVING count(*) FILTER (WHERE claims) <> 1 OR count(DISTINCT owner) > 1`,
      );
      expect(wrong).toEqual([]);
      for (const store of stores) await store.close();
    });
    await fc.assert(property, { numRuns: 10 });
    // Appends alone never wait in a circle.
    if (removals === 0) expect(await deadlocks()).toBe(before);
  });
});
