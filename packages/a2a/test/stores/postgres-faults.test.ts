/** Connections that drop, servers that go away and come back: nothing acknowledged is lost, nothing is done twice. */
import { type CuttableProxy, startPostgres, startProxy } from "@parley/servers";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeWith } from "../../../../test/with-server.js";
import { type Append, Entry, type Store } from "../../src/ports/index.js";
import { type PostgresOptions, postgres } from "../../src/stores/postgres/index.js";
import { type Tables, tablesOf } from "./postgres-tables.js";
import { chunk, creation, move, readAll } from "./tasks.js";

/** A busy machine takes its time. */
const patient = { timeout: 10_000 };

describeWith("postgres", "postgres: faults", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let tables: Tables;
  let direct: Store;
  const proxies: CuttableProxy[] = [];
  const stores: Store[] = [];

  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server?.remove());
  beforeEach(async () => {
    direct = postgres(server.url);
    await direct.open();
    tables = await tablesOf(server.url);
    await tables.empty();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const proxy of proxies.splice(0)) await proxy.close();
    await direct.close();
    await tables.close();
  });

  /** A node whose connections go through a proxy of its own. */
  async function node(options: PostgresOptions = {}): Promise<{ store: Store; proxy: CuttableProxy }> {
    const proxy = await startProxy(server.port);
    proxies.push(proxy);
    const store = postgres(server.url.replace(`:${server.port}`, `:${proxy.port}`), options);
    stores.push(store);
    await store.open();
    return { store, proxy };
  }

  /** Keeps everybody else from changing the task until it is let go. */
  async function hold(id: string): Promise<() => Promise<void>> {
    const holder = await tablesOf(server.url);
    await holder.query("BEGIN");
    await holder.query("SELECT FROM tasks WHERE id = $1 FOR UPDATE", [id]);
    return async () => {
      await holder.query("COMMIT");
      await holder.close();
    };
  }

  /** Until so many appends wait for a lock. */
  const waiting = (count: number) =>
    expect
      .poll(async () => {
        const [row] = await tables.query<{ n: number }>(
          "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM append(%'",
        );
        return row?.n;
      }, patient)
      .toBe(count);

  it("answers an append whose connection dropped before its answer, from what was done the first time", async () => {
    const { store, proxy } = await node();
    const first = creation({ id: "t1", state: "TASK_STATE_WORKING" });
    const late: Append = { ...move({ ...first.head, id: "t2" }, "TASK_STATE_WORKING", 2000) };
    await store.journal.append([first]);
    const release = await hold("t1");
    const second = move(first.head, "TASK_STATE_WORKING", 2000);
    const answer = store.journal.append([second, late, creation({ id: "t3" })]);
    await waiting(1);
    proxy.cut();
    // The same call is there again, behind the first, which the server has not given up.
    await waiting(2);
    await release();
    expect(await answer).toEqual([late]);
    expect((await readAll(direct.journal, "t1", 0, 1000)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await direct.journal.list({ owner: "alice", limit: 9 })).totalSize).toBe(2);
    expect(await store.journal.append([move(second.head, "TASK_STATE_COMPLETED", 3000)])).toEqual([]);
  });

  it("does so although others have gone on with the task since", async () => {
    const { store, proxy } = await node();
    const first = creation({ id: "t1", state: "TASK_STATE_WORKING" });
    await store.journal.append([first]);
    const release = await hold("t1");
    const second = move(first.head, "TASK_STATE_WORKING", 2000);
    const answer = store.journal.append([second]);
    await waiting(1);
    proxy.freeze();
    await release();
    await expect.poll(async () => (await direct.journal.head("t1"))?.seq, patient).toBe(2);
    expect(await direct.journal.append([move(second.head, "TASK_STATE_COMPLETED", 3000)])).toEqual([]);
    await direct.journal.remove("t1");
    proxy.thaw();
    expect(await answer).toEqual([]);
    expect(await direct.journal.head("t1")).toBeUndefined();
  });

  const locked = () =>
    tables.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").then((rows) => rows.length);

  /** Until it is told to go on, nobody gets at the nodes. */
  const holdNodes = async () => {
    const holder = await tablesOf(server.url);
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE nodes IN ACCESS EXCLUSIVE MODE");
    return async () => {
      await holder.query("COMMIT");
      await holder.close();
    };
  };

  it.each([
    ["wherever it is", {}],
    ["at a number", { expected: 1 }],
  ])("interjects %s and takes over once, whenever the connection drops", async (_, where) => {
    const { store, proxy } = await node();
    const first = creation({ id: "t1", state: "TASK_STATE_WORKING" });
    await store.journal.append([first]);
    const { seq, ...head } = first.head;
    const event = move(first.head, "TASK_STATE_WORKING", 2000).entries[0]?.event as Entry["event"];
    const release = await hold("t1");
    const interjected = store.nodes?.interject({
      id: "t1",
      owner: "alice",
      head,
      after: ["TASK_STATE_WORKING"],
      event,
      node: "n1",
      ...where,
    });
    await expect.poll(locked, patient).toBe(1);
    proxy.cut();
    await expect.poll(locked, patient).toBe(2);
    await release();
    expect(await interjected).toEqual({ seq: seq + 1, epoch: 1 });
    expect((await direct.journal.head("t1"))?.seq).toBe(2);

    // Held back where the store writes down that it was called.
    await store.nodes?.beat("n2", 60_000);
    const letNodes = await holdNodes();
    const taken = store.nodes?.takeOver("n2", 10);
    await expect.poll(locked, patient).toBe(1);
    proxy.cut();
    await expect.poll(locked, patient).toBe(2);
    await letNodes();
    expect(await taken).toEqual([{ id: "t1", epoch: 2 }]);
  });

  it("beats once more when it has to ask again, as its time may have run out meanwhile", async () => {
    const { store, proxy } = await node();
    await store.nodes?.beat("n1", 60_000);
    const letNodes = await holdNodes();
    const beating = store.nodes?.beat("n1", 1000);
    await expect.poll(locked, patient).toBe(1);
    proxy.freeze();
    await letNodes();
    const living = () => tables.query("SELECT FROM nodes WHERE expires > now()").then((rows) => rows.length);
    await expect.poll(living, patient).toBe(0);
    proxy.thaw();
    expect(await beating).toBe(false);
    expect(await living()).toBe(1);
  });

  it("waits for a server that comes back, and says when it does not", async () => {
    const { store } = await node({ retryMillis: 15_000 });
    const hasty = await node({ retryMillis: 0 });
    await store.journal.append([creation({ id: "t1" })]);
    await server.stop("SIGQUIT");
    await expect(hasty.store.ping()).rejects.toThrow(/^PostgreSQL at 127.0.0.1:\d+\/postgres: /);
    await expect(hasty.store.journal.append([creation({ id: "t2" })])).rejects.toThrow(/^PostgreSQL at /);
    await expect(hasty.store.journal.head("t1")).rejects.toThrow(/^PostgreSQL at /);
    const waits = store.journal.append([creation({ id: "t3" })]);
    const reading = store.journal.head("t1");
    await server.start();
    tables = await tablesOf(server.url);
    expect(await waits).toEqual([]);
    expect((await reading)?.id).toBe("t1");
    await hasty.store.ping();
    expect(await hasty.store.journal.append([creation({ id: "t2" })])).toEqual([]);
    expect((await store.journal.list({ owner: "alice", limit: 9 })).totalSize).toBe(3);
  });

  it("gives up on a network that swallows everything, and closes all the same", async () => {
    const { store, proxy } = await node({ timeoutMillis: 100, retryMillis: 200, closeMillis: 100 });
    await store.journal.append([creation({ id: "t1" })]);
    await store.journal.head("t1");
    proxy.freeze();
    await expect(store.journal.append([creation({ id: "t2" })])).rejects.toThrow(/timeout/i);
    await expect(store.ping()).rejects.toThrow(/timeout/i);
    const pending = store.journal.head("t1");
    await store.close();
    await expect(pending).rejects.toThrow();
    await expect(store.journal.head("t1")).rejects.toThrow("is not open");
  });

  it("keeps every acknowledged entry exactly once, in order, while two nodes are cut off at random", async () => {
    const gap = fc.integer({ min: 0, max: 15 });
    const cuts = fc.array(fc.record({ victim: fc.nat(2), gap }), { minLength: 5, maxLength: 25 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cuts, async (plan) => {
        run++;
        const nodes = [await node(), await node()] as const;
        const shared = ["a", "b", "c"].map((name) => `r${run}-${name}`);
        await direct.journal.append(shared.map((id) => creation({ id, state: "TASK_STATE_WORKING" })));
        const acknowledged = new Map<string, string[]>();
        /** Appends that were answered, by node. */
        const done: [number, number] = [0, 0];
        let working: number = nodes.length;
        const work = async (n: 0 | 1, name: string) => {
          const { store } = nodes[n];
          for (let i = 0; i < 30; i++) {
            const own = creation({ id: `r${run}-${name}-${i}` });
            const batch = [own];
            for (const id of shared) {
              const head = await store.journal.head(id);
              if (head === undefined) throw new Error(`${id} is gone`);
              const seq = head.seq + 1;
              const entries = [new Entry(seq, chunk(id, head.contextId, `${name}-${i}`, seq > 2))];
              batch.push({ head: { ...head, seq }, expected: head.seq, entries });
            }
            const refused = await store.journal.append(batch);
            done[n]++;
            for (const append of batch) {
              if (refused.includes(append)) continue;
              const { id } = append.head;
              acknowledged.set(id, [...(acknowledged.get(id) ?? []), `${append.head.seq} ${name}-${i}`]);
            }
          }
          working--;
        };
        const cutting = async () => {
          for (let i = 0; working > 0; i = (i + 1) % plan.length) {
            const { victim, gap } = plan[i] as (typeof plan)[number];
            // Never faster than they come back.
            const before = [...done];
            while (
              working > 0 &&
              done.every((count, n) => (victim < 2 && n !== victim) || count === before[n])
            )
              await new Promise((resolve) => setTimeout(resolve, 1));
            await new Promise((resolve) => setTimeout(resolve, gap));
            if (victim < 2) nodes[victim]?.proxy.cut();
            else
              await tables.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM append(%' AND pid <> pg_backend_pid()",
              );
          }
        };
        await Promise.all([work(0, "x"), work(1, "y"), cutting()]);

        for (const id of shared) {
          const entries = await readAll(direct.journal, id, 1, 1e6);
          const kept = entries.map(
            ({ seq, event }) => `${seq} ${event.artifactUpdate?.artifact.parts[0]?.text}`,
          );
          const known = (acknowledged.get(id) ?? []).sort(
            (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
          );
          expect(kept).toEqual(known);
          expect(known.map((line) => Number.parseInt(line, 10))).toEqual(known.map((_, i) => i + 2));
        }
        const made = [...acknowledged.keys()].filter((id) => !shared.includes(id));
        expect(made).toHaveLength(60);
        const page = await direct.journal.list({ owner: "alice", limit: 1 });
        expect(page.totalSize).toBe(run * 63);
        for (const { store } of nodes) await store.close();
      }),
      { numRuns: 4 },
    );
  });
});
