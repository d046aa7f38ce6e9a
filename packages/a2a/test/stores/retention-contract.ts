/** What every store must do with tasks that have ended. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Append, OwnersNumber, Stepped, Store } from "../../src/ports/index.js";
import { Entry } from "../../src/ports/index.js";
import type { TaskState } from "../../src/protocol/index.js";
import { chunk, creation, move, plain, readAll, userMessage } from "./tasks.js";

const hour = 3_600_000;
/** For everybody, or by owner. */
type Numbers = number | Readonly<Record<string, number>>;

const numbers = (given: Numbers, unit = 1): OwnersNumber =>
  typeof given === "number"
    ? given * unit
    : {
        least: Math.min(...Object.values(given)) * unit,
        of: (owner) => (given[owner] === undefined ? undefined : given[owner] * unit),
      };

const ends = ["COMPLETED", "FAILED", "CANCELED", "REJECTED"].map((end) => `TASK_STATE_${end}` as TaskState);

/** @param create Makes a new, empty store that is not open yet. */
export function retentionContract(name: string, create: () => Store): void {
  describe(`${name}: retention`, () => {
    let store: Store;
    beforeEach(async () => {
      store = create();
      await store.open();
    });
    afterEach(() => store.close());

    interface Wanted {
      readonly owner?: string;
      readonly contextId?: string;
      readonly hours?: number;
      readonly state?: TaskState;
    }
    /** A task of four entries, the last of which was made so many hours ago. */
    async function task(id: string, wanted: Wanted = {}): Promise<void> {
      const { hours = 2, state = "TASK_STATE_COMPLETED", contextId = `c-${id}`, owner = "alice" } = wanted;
      const millis = Date.now() - hours * hour;
      const first = creation({ id, contextId, owner, state: "TASK_STATE_WORKING", millis: millis - 2 });
      const pieces: Append = {
        head: { ...first.head, seq: 3 },
        expected: 1,
        entries: ["one ", "two"].map((text, i) => new Entry(2 + i, chunk(id, contextId, text, i > 0))),
      };
      const last = { ...move(pieces.head, state, millis), watched: true };
      expect(await store.journal.append([first, pieces, last])).toEqual([]);
    }
    const hook = (taskId: string) => store.pushConfigs.put({ taskId, id: "p", url: "https://c.example/" });
    /** Nothing more is to be sent. */
    async function delivered(taskId: string, state: "done" | "disabled" = "done"): Promise<void> {
      await store.outbox.claim({ node: "n", leaseMillis: hour, limit: 10, of: [taskId] });
      const progress = { taskId, configId: "p", seq: 4, attempts: 0, failing: false, keep: false };
      await store.outbox.save("n", hour, [{ ...progress, state, dead: [], delivered: [] }]);
    }
    /** All calls of a round. */
    async function round(
      call: (step: { limit: number; after?: string }) => Stepped | Promise<Stepped>,
      limit = 3,
    ): Promise<number> {
      let tasks = 0;
      let after: string | undefined;
      for (let calls = 0; calls < 200; calls++) {
        const stepped = await call({ limit, ...(after !== undefined && { after }) });
        tasks += stepped.tasks;
        after = stepped.next;
        if (after === undefined) return tasks;
      }
      throw new Error("the round does not end");
    }
    const compact = (hours: Numbers, limit?: number) =>
      round((step) => store.retention.compact({ ...step, endedForMillis: numbers(hours, hour) }), limit);
    const expire = (hours: Numbers, limit?: number) =>
      round((step) => store.retention.expire({ ...step, endedForMillis: numbers(hours, hour) }), limit);
    const trim = (keep: Numbers, limit?: number) =>
      round((step) => store.retention.trim({ ...step, keepPerOwner: numbers(keep) }), limit);

    const left = async (owner = "alice") => {
      const page = await store.journal.list({ owner, limit: 1000 });
      expect(page.totalSize).toBe(page.heads.length);
      return page.heads.map(({ id }) => id).sort();
    };
    const isFolded = async (id: string) => (await store.journal.read(id, 0, 1000)) === undefined;

    it("folds what ended long enough ago, once, and nothing else", async () => {
      await task("old");
      await task("young", { hours: 0.5 });
      await task("waits", { state: "TASK_STATE_INPUT_REQUIRED" });
      await task("works", { state: "TASK_STATE_WORKING" });
      expect(await compact(1)).toBe(1);
      expect(await compact(1)).toBe(0);
      for (const id of ["young", "waits", "works"]) expect([id, await isFolded(id)]).toEqual([id, false]);
      expect(await isFolded("old")).toBe(true);
      expect(await left()).toEqual(["old", "waits", "works", "young"]);
    });

    it("folds tasks of every end, in steps of any size", async () => {
      for (const limit of [1, 2, 5, 50]) {
        const ids = ends.map((_, i) => `${limit}-${i}`);
        for (const [i, state] of ends.entries()) await task(ids[i] as string, { state, hours: 2 + (i % 2) });
        expect(await compact(1, limit)).toBe(ends.length);
        for (const id of ids) expect(await isFolded(id)).toBe(true);
      }
    });

    it("keeps the bytes of what it folds, with and without artifacts, and the number of its last entry", async () => {
      await task("t");
      const load = () =>
        Promise.all([
          store.journal.load("t"),
          store.journal.load("t", { artifacts: false }),
          store.journal.head("t"),
          store.journal.list({ owner: "alice", limit: 5 }),
        ]);
      const before = await load();
      await compact(1);
      expect(await load()).toEqual(before);
      expect(await store.journal.loadMany(["t"])).toEqual(new Map([["t", before[0]]]));
      expect(await store.journal.read("t", 2, 1000)).toBeUndefined();
      expect(await store.journal.read("t", 4, 1000)).toEqual([]);
      expect(await store.journal.read("t", 9, 1000)).toEqual([]);
    });

    it("keeps the bytes of any task", async () => {
      const text = fc.oneof(fc.string({ unit: "binary", maxLength: 50 }), fc.constant("x".repeat(40_000)));
      const artifact = fc.record({ id: fc.constantFrom("a", "b", "c"), text, append: fc.boolean() });
      const metadata = fc.option(fc.dictionary(fc.string({ maxLength: 5 }), text, { maxKeys: 3 }), {
        nil: undefined,
      });
      const said = fc.option(text, { nil: undefined });
      let n = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(artifact, { maxLength: 12 }),
          metadata,
          said,
          async (pieces, metadata, said) => {
            const [id, contextId] = [`any-${n}`, `any-c-${n++}`];
            const first = creation({ id, contextId, state: "TASK_STATE_WORKING" });
            const made = new Set<string>();
            const entries = pieces.map(({ id: artifactId, text, append }, i) => {
              const known = made.has(artifactId);
              made.add(artifactId);
              const event = chunk(id, contextId, text, append && known);
              event.artifactUpdate = {
                ...event.artifactUpdate!,
                artifact: { artifactId, parts: [{ text }] },
              };
              return new Entry(2 + i, event);
            });
            const seq = entries.length + 2;
            const message =
              said === undefined
                ? {}
                : { message: { messageId: "s", role: "ROLE_AGENT" as const, parts: [{ text: said }] } };
            const status = {
              state: "TASK_STATE_COMPLETED" as const,
              timestamp: new Date(2000).toISOString(),
              ...message,
            };
            const last = new Entry(
              seq,
              { statusUpdate: { taskId: id, contextId, status, ...(metadata && { metadata }) } },
              userMessage(1),
            );
            const head = { ...first.head, state: status.state, statusMillis: 2000, seq };
            expect(
              await store.journal.append([first, { head, expected: 1, entries: [...entries, last] }]),
            ).toEqual([]);
            const load = async () => [
              await store.journal.load(id),
              await store.journal.load(id, { artifacts: false }),
            ];
            const before = await load();
            await compact(1);
            expect(await isFolded(id)).toBe(true);
            expect(await load()).toEqual(before);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("goes on from a folded task if it must", async () => {
      await task("t");
      await compact(1);
      const head = await store.journal.head("t");
      if (!head) throw new Error("t is there");
      // No engine appends to an ended task; a store does not have to know.
      const again = move(head, "TASK_STATE_COMPLETED", head.statusMillis);
      expect(await store.journal.append([again])).toEqual([]);
      expect(plain(await readAll(store.journal, "t", 4, 1000))).toEqual(plain(again.entries));
      expect(await store.journal.read("t", 3, 1000)).toBeUndefined();
    });

    it("leaves alone what webhooks are still to tell of", async () => {
      for (const id of ["sent", "refused", "waits"]) {
        await store.pushConfigs.put({ taskId: id, id: "p", url: "https://c.example/" });
        await task(id);
      }
      await delivered("sent");
      await delivered("refused", "disabled");
      expect([await compact(1, 1), await isFolded("waits"), await isFolded("sent")]).toEqual([
        2,
        false,
        true,
      ]);
      expect(await trim(0, 1)).toBe(2);
      expect([await expire(1), await left()]).toEqual([0, ["waits"]]);
      await delivered("waits");
      expect([await expire(1, 1), await left()]).toEqual([1, []]);
    });

    it("removes what ended long enough ago, folded or not, with all that belongs to it", async () => {
      for (const [i, state] of ends.entries())
        await task(`old-${i}`, { state, hours: 30 + i, contextId: "c" });
      await compact(32);
      await task("young", { hours: 2, contextId: "c" });
      await task("works", { hours: 90, state: "TASK_STATE_WORKING" });
      await hook("old-1");
      const claim = (key: string, taskId: string, hash = "h") =>
        store.idempotency.claim({ key, hash, taskId, node: "n", keepMillis: 900 * hour });
      await claim("made old-2", "old-2");
      await claim("made young", "young");
      const note = {
        ...move((await store.journal.head("works"))!, "TASK_STATE_WORKING", 1),
        notes: [{ key: "k", json: "1" }],
      };
      await store.journal.append([note]);
      expect(await expire(24, 2)).toBe(4);
      expect(await expire(24, 2)).toBe(0);
      expect(await left()).toEqual(["works", "young"]);
      for (const i of ends.keys()) {
        expect(await store.journal.head(`old-${i}`)).toBeUndefined();
        expect(await store.journal.load(`old-${i}`)).toBeUndefined();
        expect(await store.journal.read(`old-${i}`, 0, 1000)).toEqual([]);
        expect(await store.pushConfigs.list(`old-${i}`)).toEqual([]);
      }
      expect(await store.journal.notes("works")).toEqual(note.notes);
      expect(await claim("made old-2", "new", "another")).toMatchObject({ taskId: "new", mine: true });
      expect(await claim("made young", "new", "another")).toMatchObject({ taskId: "young", mine: false });
      const ofContext = await store.journal.list({ owner: "alice", contextId: "c", limit: 9 });
      expect([ofContext.totalSize, ofContext.heads.length]).toEqual([1, 1]);
      expect(await store.journal.contextOwner("c")).toBe("alice");
      expect(await expire(1)).toBe(1);
      expect(await store.journal.contextOwner("c")).toBeUndefined();
      // Whoever comes first may have it now.
      await task("next", { contextId: "c", owner: "bob" });
      expect(await left("bob")).toEqual(["next"]);
    });

    it("keeps the newest of each owner that have ended, and all that have not", async () => {
      for (let i = 0; i < 7; i++) {
        await task(`a${i}`, { hours: 1 + i, state: ends[i % 4] as TaskState });
        await task(`b${i}`, { hours: 1, owner: "bob", state: "TASK_STATE_INPUT_REQUIRED" });
      }
      for (let i = 0; i < 3; i++) await task(`c${i}`, { hours: 9 - i, owner: "carol" });
      expect(await trim(3, 2)).toBe(4);
      expect(await left()).toEqual(["a0", "a1", "a2"]);
      expect(await left("carol")).toEqual(["c0", "c1", "c2"]);
      expect((await left("bob")).length).toBe(7);
      expect(await trim(2)).toBe(2);
      expect([await left(), await left("carol")]).toEqual([
        ["a0", "a1"],
        ["c1", "c2"],
      ]);
      expect(await trim(0, 1)).toBe(4);
      expect([await left(), await left("carol"), (await left("bob")).length]).toEqual([[], [], 7]);
    });

    it("does not count what must stay for webhooks as one of the newest", async () => {
      for (let i = 0; i < 5; i++) {
        if (i > 2) await hook(`t${i}`);
        await task(`t${i}`, { hours: 1 + i });
      }
      expect(await trim(2, 1)).toBe(1);
      expect(await left()).toEqual(["t0", "t1", "t3", "t4"]);
    });

    it("folds and removes what is old for its owner, and nothing of owners that have no age", async () => {
      // A name that no database takes as it is, and one that is too long for an index.
      const [odd, long] = ["\0\ud800", `9:${"x".repeat(3000)}`];
      const owners = ["alice", "bob", "carol", odd, long];
      await hook("1-5");
      for (const [n, owner] of owners.entries()) {
        for (let i = 0; i < 6; i++)
          await task(`${n}-${i}`, { owner, hours: 1.5 + i, state: ends[i % 4] as TaskState });
        await task(`${n}-works`, { owner, hours: 99, state: "TASK_STATE_WORKING" });
      }
      const ages = { alice: 4, bob: 2, [odd]: 3, [long]: 5 };
      const due = (n: number) => [3, 5, 0, 4, 2][n] as number;
      const of = (n: number, from: number, to = 6) =>
        Array.from({ length: to - from }, (_, i) => `${n}-${from + i}`);

      expect(await compact(ages, 2)).toBe(13);
      expect(await compact(ages)).toBe(0);
      for (const n of owners.keys())
        for (const id of [...of(n, 0), `${n}-works`])
          expect([id, await isFolded(id)]).toEqual([id, id !== "1-5" && of(n, 6 - due(n)).includes(id)]);

      expect(await expire(ages, 2)).toBe(13);
      expect(await expire(ages)).toBe(0);
      for (const [n, owner] of owners.entries()) {
        const held = n === 1 ? ["1-5"] : [];
        expect(await left(owner)).toEqual([...of(n, 0, 6 - due(n)), ...held, `${n}-works`]);
      }
      await delivered("1-5");
      expect(await expire({ bob: 2 }, 1)).toBe(1);
    });

    it("keeps as many of each owner as is said of it", async () => {
      const owners = ["alice", "bob", "carol", "dan"];
      for (const owner of owners)
        for (let i = 0; i < 5; i++) await task(`${owner}-${i}`, { owner, hours: 1 + i });
      expect(await trim({ alice: 3, bob: 0, dan: 9 }, 4)).toBe(7);
      const kept = await Promise.all(owners.map(async (owner) => (await left(owner)).length));
      expect(kept).toEqual([3, 0, 5, 5]);
    });

    it("goes through more owners than a call looks at", async () => {
      const owners = Array.from({ length: 1100 }, (_, i) => `owner-${i}`);
      const append = owners.flatMap((owner, i) => {
        const first = creation({ id: `t${i}`, owner, state: "TASK_STATE_WORKING", millis: 1 });
        return [first, move(first.head, "TASK_STATE_COMPLETED", i % 2 === 0 ? 2 : Date.now())];
      });
      expect(await store.journal.append(append)).toEqual([]);
      const ages = Object.fromEntries(owners.map((owner) => [owner, 1]));
      expect(await expire(ages, 50)).toBe(550);
      expect(await trim(0, 50)).toBe(550);
    });

    it("may be done twice at once", async () => {
      for (let i = 0; i < 12; i++) await task(`t${i}`, { hours: 2 + i, contextId: "c" });
      await Promise.all([compact(1, 2), compact(1, 3)]);
      await Promise.all([trim(6, 2), trim(6, 3), trim(6, 6)]);
      expect(await left()).toEqual(["t0", "t1", "t2", "t3", "t4", "t5"]);
      await Promise.all([expire(4, 2), expire(4, 3)]);
      expect(await left()).toEqual(["t0", "t1"]);
      const ofContext = await store.journal.list({ owner: "alice", contextId: "c", limit: 9 });
      expect(ofContext.totalSize).toBe(2);
    });
  });
}
