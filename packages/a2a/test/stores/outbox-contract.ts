/** What every store's outbox must do. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClaimedPlace, Progress, Store, StoredPushConfig } from "../../src/ports/index.js";
import { creation, move } from "./tasks.js";

const lease = 60_000;

const config = (taskId: string, id: string): StoredPushConfig => ({
  taskId,
  id,
  url: `https://c.example/${id}`,
});

const progress = (taskId: string, configId: string, seq: number, more: Partial<Progress> = {}): Progress => ({
  taskId,
  configId,
  seq,
  attempts: 0,
  failing: false,
  state: "active",
  keep: false,
  dead: [],
  delivered: [],
  ...more,
});

const names = (places: readonly ClaimedPlace[]) =>
  places.map(({ config, seq }) => `${config.taskId}/${config.id}@${seq}`).sort();

/** @param create Makes a new, empty store that is not open yet. */
export function outboxContract(name: string, create: () => Store): void {
  describe(`${name}: the outbox`, () => {
    let store: Store;
    beforeEach(async () => {
      store = create();
      await store.open();
    });
    afterEach(() => store.close());

    /** A task of so many entries. */
    async function task(id: string, entries: number): Promise<void> {
      const append = creation({ id, state: "TASK_STATE_WORKING" });
      await store.journal.append([append]);
      for (let i = 1; i < entries; i++) await grow(id);
    }
    async function grow(
      id: string,
      state: "TASK_STATE_WORKING" | "TASK_STATE_COMPLETED" = "TASK_STATE_WORKING",
    ) {
      const head = await store.journal.head(id);
      if (!head) throw new Error("no such task");
      await store.journal.append([move(head, state, head.statusMillis + 1)]);
    }
    const claim = (
      of: "due" | "all" | readonly string[] = "all",
      { node = "n1", limit = 100, leaseMillis = lease } = {},
    ) => store.outbox.claim({ node, leaseMillis, limit, of });
    const save = (...batch: Progress[]) => store.outbox.save("n1", lease, batch);

    it("begins a configuration at its task's last entry, or before the first of a task to come", async () => {
      await store.pushConfigs.put(config("t1", "early"));
      expect(await claim()).toEqual([]);
      await task("t1", 3);
      await store.pushConfigs.put(config("t1", "late"));
      expect(names(await claim())).toEqual(["t1/early@0"]);
      await grow("t1");
      expect(await claim()).toMatchObject([
        {
          config: config("t1", "late"),
          seq: 3,
          taskSeq: 4,
          ended: false,
          attempts: 0,
          failing: false,
          again: [],
        },
      ]);
    });

    it("has nothing to do for what is made on an ended task", async () => {
      await task("t1", 1);
      await grow("t1", "TASK_STATE_COMPLETED");
      await store.pushConfigs.put(config("t1", "a"));
      expect(await store.pushConfigs.taskIds()).toEqual([]);
      expect(await claim()).toEqual([]);
      await store.pushConfigs.put(config("t1", "a"));
      expect(await claim()).toEqual([]);
      expect((await store.outbox.deliveries({ limit: 10 })).map(({ state }) => state)).toEqual(["done"]);
    });

    it("gives a place to one node at a time, by task or wherever, and no more than asked for", async () => {
      for (const id of ["t1", "t2", "t3"]) {
        await store.pushConfigs.put(config(id, "a"));
        await store.pushConfigs.put(config(id, "b"));
        await task(id, 1);
      }
      expect(names(await claim(["t2", "t9"]))).toEqual(["t2/a@0", "t2/b@0"]);
      expect(await claim(["t2"], { node: "n2" })).toEqual([]);
      expect(await claim(["t2"])).toEqual([]);
      const first = await claim("all", { node: "n2", limit: 3 });
      const rest = await claim("all", { node: "n2" });
      expect([first.length, rest.length]).toEqual([3, 1]);
      expect(names([...first, ...rest])).toEqual(["t1/a@0", "t1/b@0", "t3/a@0", "t3/b@0"]);
    });

    it("gives it to another when the lease is over, and takes nothing more from the first", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 2);
      await claim("all", { leaseMillis: 0 });
      expect(names(await claim("all", { node: "n2" }))).toEqual(["t1/a@0"]);
      const late = progress("t1", "a", 2);
      expect(await save(late)).toEqual([late]);
      expect(await store.outbox.save("n2", lease, [progress("t1", "a", 1)])).toEqual([]);
      expect(names(await claim())).toEqual(["t1/a@1"]);
    });

    it("takes what a node saves after its lease, when nobody else has come", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 2);
      await claim("all", { leaseMillis: 0 });
      expect(await save(progress("t1", "a", 1, { keep: true }))).toEqual([]);
      expect(await claim("all", { node: "n2" })).toEqual([]);
    });

    it("waits for the task to grow, or for the time that was said", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 2);
      await claim();
      const failed = { attempts: 2, failing: true, error: "503" };
      await save(progress("t1", "a", 1, { ...failed, dueInMillis: 60_000 }));
      for (const of of ["due", "all", ["t1"]] as const) expect(await claim(of)).toEqual([]);
      const [delivery] = await store.outbox.deliveries({ limit: 1 });
      expect(delivery).toMatchObject({ ...failed, seq: 1, waiting: 1, state: "active", deadLetters: 0 });
      expect(delivery?.dueInMillis).toBeGreaterThan(50_000);
      expect(delivery?.dueInMillis).toBeLessThanOrEqual(60_001);
      await store.pushConfigs.put(config("t1", "a"));
      await claim();
      await save(progress("t1", "a", 1, { ...failed, dueInMillis: 0 }));
      await expect.poll(async () => names(await claim("due"))).toEqual(["t1/a@1"]);
      await save(progress("t1", "a", 2));
      for (const of of ["due", "all", ["t1"]] as const) expect(await claim(of)).toEqual([]);
      await grow("t1");
      expect(await claim("due")).toEqual([]);
      expect(await claim(["t1"])).toMatchObject([
        { seq: 2, taskSeq: 3, attempts: 0, failing: false, error: undefined },
      ]);
    });

    it("says that a task has ended, and is done when told", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await store.pushConfigs.put(config("t1", "b"));
      await task("t1", 1);
      await grow("t1", "TASK_STATE_COMPLETED");
      expect(await claim()).toMatchObject([{ ended: true }, { ended: true }]);
      await save(progress("t1", "a", 2, { state: "done" }), progress("t1", "b", 1, { state: "disabled" }));
      expect(await claim()).toEqual([]);
      expect(await store.pushConfigs.taskIds()).toEqual([]);
      expect(await store.outbox.deliveries({ limit: 10, troubled: true })).toMatchObject([
        { config: { id: "b" }, state: "disabled", waiting: 1 },
      ]);
    });

    it("starts a replaced configuration anew where it was, whoever had it", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 3);
      await claim();
      await save(progress("t1", "a", 1, { attempts: 5, failing: true, error: "410", state: "disabled" }));
      await store.pushConfigs.put({ ...config("t1", "a"), url: "https://new.example/" });
      expect(await claim("due", { node: "n2" })).toMatchObject([
        { config: { url: "https://new.example/" }, seq: 1, attempts: 0, failing: false, error: undefined },
      ]);
      await store.pushConfigs.put(config("t1", "a"));
      const late = progress("t1", "a", 3);
      expect(await store.outbox.save("n2", lease, [late])).toEqual([late]);
      expect(names(await claim())).toEqual(["t1/a@1"]);
    });

    it("keeps dead letters until they are delivered after all", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 5);
      await claim();
      const dead = [1, 2, 4].map((seq) => ({ seq, attempts: seq, error: `no ${seq}` }));
      await save(progress("t1", "a", 5, { dead }));
      expect(await store.outbox.deadLetters("t1", "a", 10, 0)).toEqual(dead);
      expect(await store.outbox.deadLetters("t1", "a", 1, 1)).toEqual(dead.slice(1, 2));
      expect(await store.outbox.deliveries({ limit: 9, troubled: true })).toMatchObject([{ deadLetters: 3 }]);
      expect(await claim()).toEqual([]);

      expect(await store.outbox.replay("t1", "a", [2, 3, 4])).toBe(2);
      expect(await claim("due")).toMatchObject([{ seq: 5, again: [2, 4] }]);
      const again = { seq: 4, attempts: 9, error: "still no" };
      await save(progress("t1", "a", 5, { delivered: [2], dead: [again] }));
      expect(await store.outbox.deadLetters("t1", "a", 10, 0)).toEqual([dead[0], { ...again, attempts: 13 }]);

      expect(await store.outbox.replay("t1", "a")).toBe(2);
      expect(await claim()).toMatchObject([{ again: [1, 4] }]);
      await save(progress("t1", "a", 5, { delivered: [1, 4] }));
      expect(await store.outbox.deliveries({ limit: 9, troubled: true })).toEqual([]);
      expect(await claim()).toEqual([]);
      expect(await store.outbox.replay("t1", "none")).toBe(0);
    });

    it("replays what was done or disabled, and takes it from whoever has it", async () => {
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 2);
      await claim();
      await save(progress("t1", "a", 1, { state: "disabled", error: "410" }));
      expect(await store.outbox.replay("t1", "a")).toBe(0);
      expect(await claim()).toMatchObject([{ seq: 1, again: [], error: undefined }]);
      await store.outbox.replay("t1", "a");
      const late = progress("t1", "a", 2);
      expect(await save(late)).toEqual([late]);
      await claim();
      await save(progress("t1", "a", 2, { state: "done", dead: [{ seq: 2, attempts: 1, error: "no" }] }));
      expect(await store.outbox.replay("t1", "a")).toBe(1);
      expect(await claim()).toMatchObject([{ seq: 2, again: [2] }]);
    });

    it("forgets place and dead letters with the configuration and with the task", async () => {
      for (const forget of [() => store.pushConfigs.delete("t1", "a"), () => store.journal.remove("t1")]) {
        await store.pushConfigs.put(config("t1", "a"));
        if ((await store.journal.head("t1")) === undefined) await task("t1", 2);
        await grow("t1");
        await claim();
        await save(progress("t1", "a", 1, { keep: true, dead: [{ seq: 1, attempts: 1, error: "no" }] }));
        await forget();
        const late = progress("t1", "a", 2);
        expect(await save(late)).toEqual([late]);
        expect(await store.outbox.deliveries({ limit: 9 })).toEqual([]);
        expect(await store.outbox.deadLetters("t1", "a", 9, 0)).toEqual([]);
        expect(await claim()).toEqual([]);
        expect(await store.pushConfigs.taskIds()).toEqual([]);
      }
    });

    it("lists in pages, of one task or of all", async () => {
      for (const id of ["t1", "t2"]) for (const c of ["b", "a"]) await store.pushConfigs.put(config(id, c));
      const keys = async (query: Parameters<Store["outbox"]["deliveries"]>[0]) =>
        (await store.outbox.deliveries(query)).map(({ config }) => `${config.taskId}/${config.id}`);
      expect(await keys({ limit: 3 })).toEqual(["t1/a", "t1/b", "t2/a"]);
      expect(await keys({ limit: 3, after: { taskId: "t2", configId: "a" } })).toEqual(["t2/b"]);
      expect(await keys({ limit: 3, taskId: "t2" })).toEqual(["t2/a", "t2/b"]);
    });

    it("sweeps configurations whose task never came to be, but no new ones", async () => {
      await store.pushConfigs.put(config("never", "a"));
      await store.pushConfigs.put(config("t1", "a"));
      await task("t1", 1);
      expect(await store.outbox.sweep(60_000)).toBe(0);
      expect(await store.outbox.sweep(0)).toBe(1);
      expect(await store.pushConfigs.list("never")).toEqual([]);
      expect((await store.outbox.deliveries({ limit: 9 })).map(({ config }) => config.taskId)).toEqual([
        "t1",
      ]);
    });
  });
}
