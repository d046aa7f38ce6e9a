/** What a store that several nodes share must do. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Append, Interjection, Nodes, Store } from "../../src/ports/index.js";
import { creation, move, moved, plain, readAll, userMessage } from "./tasks.js";

const long = 60_000;

/** @param create Makes a new, empty store that is not open yet. @param another Makes a further node's store on the same tasks. */
export function nodesContract(name: string, create: () => Store, another: () => Store): void {
  describe(`${name}: nodes`, () => {
    let one: Store;
    let two: Store;
    beforeEach(async () => {
      one = create();
      await one.open();
      two = another();
      await two.open();
    });
    afterEach(async () => {
      await two.close();
      await one.close();
    });
    const nodesOf = ({ nodes }: Store): Nodes => {
      if (nodes === undefined) throw new Error("not a store of several nodes");
      return nodes;
    };
    const held = (append: Append, node: string | undefined, epoch: number): Append => ({
      ...append,
      lease: { node, epoch },
    });
    const working = (id: string, node?: string) => {
      const append = creation({ id, state: "TASK_STATE_WORKING" });
      return node === undefined ? append : held(append, node, 1);
    };
    const take = async (store: Store, node: string, limit = 100) =>
      (await nodesOf(store).takeOver(node, limit)).map(({ id, epoch }) => `${id}:${epoch}`).sort();
    const interjection = (id: string, more: Partial<Interjection> = {}): Interjection => {
      const { seq: _, ...head } = creation({ id, state: "TASK_STATE_WORKING", millis: 3000 }).head;
      return {
        id,
        owner: "alice",
        head,
        after: ["TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED"],
        event: moved(id, head.contextId, head.state, 3000),
        message: userMessage(7),
        ...more,
      };
    };

    it("knows who lives, and tells a node that it had been given up", async () => {
      expect(await nodesOf(one).beat("n1", long)).toBe(true);
      expect(await nodesOf(one).beat("n1", 0)).toBe(true);
      expect(await nodesOf(one).beat("n1", long)).toBe(false);
      expect(await nodesOf(one).beat("n1", long)).toBe(true);
      await nodesOf(one).leave("n1");
      await nodesOf(one).leave("n1");
      expect(await nodesOf(one).beat("n1", long)).toBe(true);
      expect(await nodesOf(two).beat("n\0\ud800", long)).toBe(true);
    });

    it("refuses appends of another epoch, and none of a writer without a lease", async () => {
      await nodesOf(one).beat("n1", long);
      const first = working("t1", "n1");
      const stale = held(move(first.head, "TASK_STATE_WORKING", 2000), "n2", 2);
      const good = held(move(first.head, "TASK_STATE_WORKING", 2000), "n1", 1);
      expect(await one.journal.append([first])).toEqual([]);
      expect(await two.journal.append([stale])).toEqual([stale]);
      expect(await one.journal.append([good])).toEqual([]);
      expect(await two.journal.append([move(good.head, "TASK_STATE_WORKING", 2500)])).toEqual([]);
      expect(await nodesOf(two).stands(["t1", "t9"])).toEqual(new Map([["t1", { seq: 3, epoch: 1 }]]));
    });

    it("gives running tasks of the dead and of nobody to who asks, and keeps the dead from writing", async () => {
      for (const node of ["n1", "n2", "n3"]) await nodesOf(one).beat(node, long);
      const [mine, theirs, waits] = [working("t1", "n1"), working("t2", "n2"), working("t3", "n1")];
      const pause = held(move(waits.head, "TASK_STATE_INPUT_REQUIRED", 2000), undefined, 1);
      const ended = held(creation({ id: "t5", state: "TASK_STATE_COMPLETED" }), "n1", 1);
      await one.journal.append([mine, theirs, waits, pause, working("t4"), ended]);
      expect(await take(two, "n2")).toEqual(["t4:1"]);
      expect(await nodesOf(one).beat("n1", 0)).toBe(true);
      const [taken] = await nodesOf(two).takeOver("n2", 100);
      expect(taken).toEqual({ id: "t1", epoch: 2 });
      expect(await take(two, "n3")).toEqual([]);
      const late = held(move(mine.head, "TASK_STATE_COMPLETED", 4000), "n1", 1);
      expect(await one.journal.append([late])).toEqual([late]);
      const next = held(move(mine.head, "TASK_STATE_WORKING", 4000), "n2", 2);
      expect(await two.journal.append([next])).toEqual([]);
      await nodesOf(two).leave("n2");
      expect(await take(one, "n3", 2)).toHaveLength(2);
      expect(await take(one, "n3")).toHaveLength(1);
      expect(await nodesOf(one).stands(["t1", "t2", "t4"])).toEqual(
        new Map([
          ["t1", { seq: 2, epoch: 3 }],
          ["t2", { seq: 1, epoch: 2 }],
          ["t4", { seq: 1, epoch: 2 }],
        ]),
      );
    });

    it("knows what a node holds, and lets it begin that anew: what it had under way is refused", async () => {
      for (const node of ["n1", "n2"]) await nodesOf(one).beat(node, long);
      const [mine, waits] = [working("t1", "n1"), working("t3", "n1")];
      const pause = held(move(waits.head, "TASK_STATE_INPUT_REQUIRED", 2000), undefined, 1);
      await one.journal.append([mine, working("t2", "n2"), waits, pause]);
      expect(await nodesOf(one).held("n1")).toEqual(["t1"]);
      expect(await nodesOf(one).held("n3")).toEqual([]);
      const again = await nodesOf(one).takeOver("n1", 10, ["t1", "t2", "t3", "t9"]);
      expect(again).toEqual([{ id: "t1", epoch: 2 }]);
      const late = held(move(mine.head, "TASK_STATE_COMPLETED", 4000), "n1", 1);
      expect(await one.journal.append([late])).toEqual([late]);
      const next = held(move(mine.head, "TASK_STATE_COMPLETED", 4000), "n1", 2);
      expect(await one.journal.append([next])).toEqual([]);
      expect(await nodesOf(one).held("n1")).toEqual([]);
      expect(await nodesOf(one).takeOver("n1", 10, ["t1"])).toEqual([]);
    });

    it("gives nothing to a node whose time has run out, and its own to others", async () => {
      await nodesOf(one).beat("n1", 0);
      await one.journal.append([working("t1", "n1")]);
      expect(await take(one, "n1")).toEqual([]);
      expect(await take(two, "n2")).toEqual([]);
      await nodesOf(two).beat("n2", long);
      expect(await take(two, "n2")).toEqual(["t1:2"]);
    });

    it("gives no task to two nodes that ask at once", async () => {
      const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
      await one.journal.append(ids.map((id) => working(id, "dead")));
      for (const node of ["n1", "n2"]) await nodesOf(one).beat(node, long);
      const taken: string[] = [];
      while (taken.length < ids.length) {
        const got = await Promise.all([take(one, "n1", 7), take(two, "n2", 7)]);
        expect(got.flat().length).toBeGreaterThan(0);
        taken.push(...got.flat());
      }
      expect(taken.sort()).toEqual(ids.map((id) => `${id}:2`).sort());
      expect(await take(one, "n1")).toEqual([]);
    });

    it("puts an interjection at the end, and sends who works on the task back to read it", async () => {
      await nodesOf(one).beat("n1", long);
      const first = working("t1", "n1");
      await one.journal.append([first]);
      const more = interjection("t1", { node: "n2", notes: [{ key: "k", json: "1" }] });
      expect(await nodesOf(two).interject(more)).toEqual({ seq: 2 });
      expect(await one.journal.notes("t1")).toEqual([]);
      const late = held(move(first.head, "TASK_STATE_WORKING", 4000), "n1", 1);
      expect(await one.journal.append([late])).toEqual([late]);
      const head = { ...more.head, seq: 2 };
      expect(await one.journal.head("t1")).toEqual(head);
      expect(plain(await readAll(one.journal, "t1", 1, 1000))).toEqual([
        { seq: 2, json: JSON.stringify(more.event), message: userMessage(7) },
      ]);
      const next = held(move(head, "TASK_STATE_WORKING", 4000), "n1", 1);
      expect(await one.journal.append([next])).toEqual([]);
    });

    it("takes no interjection of others, after other states, or into nothing", async () => {
      await one.journal.append([creation({ id: "t1", state: "TASK_STATE_COMPLETED" }), working("t2")]);
      for (const refused of [
        interjection("t1"),
        interjection("t2", { owner: "bob" }),
        interjection("t2", { after: ["TASK_STATE_SUBMITTED"] }),
        interjection("t9"),
      ]) {
        expect(await nodesOf(two).interject(refused)).toBeUndefined();
      }
      expect((await one.journal.head("t2"))?.seq).toBe(1);
    });

    it("takes an interjection at the number that it expects, one of many, and no other", async () => {
      await nodesOf(one).beat("n1", long);
      await one.journal.append([working("t1", "n1")]);
      for (const expected of [0, 2])
        expect(await nodesOf(two).interject(interjection("t1", { expected }))).toBeUndefined();
      expect(await nodesOf(two).interject(interjection("t1", { expected: 1 }))).toEqual({ seq: 2 });
      const stores = [one, two, one, two, one];
      const race = await Promise.all(
        stores.map((store) => nodesOf(store).interject(interjection("t1", { expected: 2 }))),
      );
      expect(race.filter((done) => done !== undefined)).toEqual([{ seq: 3 }]);
      expect((await one.journal.head("t1"))?.seq).toBe(3);
      await one.journal.append([working("t2")]);
      expect(await nodesOf(two).interject(interjection("t2", { expected: 1, node: "n2" }))).toEqual({
        seq: 2,
        epoch: 1,
      });
    });

    it("makes the interjecting node the holder when nobody living is, with the notes of its run", async () => {
      await nodesOf(one).beat("n2", long);
      const first = working("t1", "n1");
      const pause = held(move(first.head, "TASK_STATE_INPUT_REQUIRED", 2000), undefined, 1);
      await one.journal.append([
        { ...first, notes: [{ key: "request", json: "1" }] },
        pause,
        working("t2", "dead"),
      ]);
      const notes = [{ key: "request", json: "2" }];
      expect(await nodesOf(two).interject(interjection("t1", { node: "n2", notes }))).toEqual({
        seq: 3,
        epoch: 2,
      });
      expect(await one.journal.notes("t1")).toEqual(notes);
      expect(await nodesOf(two).interject(interjection("t1", { node: "n3" }))).toEqual({ seq: 4 });
      expect(await nodesOf(two).interject(interjection("t2", { node: "n2" }))).toEqual({ seq: 2, epoch: 2 });
      expect(await nodesOf(two).interject(interjection("t2"))).toEqual({ seq: 3 });
      expect(await take(one, "n3")).toEqual([]);
    });

    it("ends a task by interjection, once, with its notes and its place in lists", async () => {
      const first = working("t1", "n1");
      await one.journal.append([{ ...first, notes: [{ key: "request", json: "1" }] }]);
      const { seq: _, ...head } = {
        ...first.head,
        state: "TASK_STATE_CANCELED",
        statusMillis: 5000,
      } as const;
      const cancel = interjection("t1", {
        head,
        event: moved("t1", head.contextId, "TASK_STATE_CANCELED", 5000),
        after: ["TASK_STATE_WORKING"],
        node: "n2",
      });
      const results = await Promise.all(
        [1, 2, 3, 4].map((i) => nodesOf(i % 2 ? one : two).interject(cancel)),
      );
      expect(results.filter((result) => result !== undefined)).toEqual([{ seq: 2 }]);
      expect(await one.journal.notes("t1")).toEqual([]);
      expect(await take(one, "n3")).toEqual([]);
      const listed = await one.journal.list({ owner: "alice", state: "TASK_STATE_CANCELED", limit: 9 });
      expect(listed).toEqual({ heads: [{ ...head, seq: 2 }], more: false, totalSize: 1 });
      expect((await one.journal.list({ owner: "alice", limit: 9 })).totalSize).toBe(1);
    });

    it("numbers everything once when two nodes append and interject to the same tasks, and counts it right", async () => {
      const ids = ["t1", "t2", "t3"];
      // Both in the same order and crosswise, in contexts that they make at the same moment.
      const both = ids.map((id) => creation({ id, contextId: "c", state: "TASK_STATE_WORKING" }));
      const refused = await Promise.all([one.journal.append(both), two.journal.append([...both].reverse())]);
      expect(refused.flat()).toHaveLength(3);
      let taken = 0;
      const run = async (store: Store, order: readonly string[]) => {
        for (let i = 0; i < 20; i++) {
          const heads = await Promise.all(order.map((id) => store.journal.head(id)));
          const state = i % 2 ? "TASK_STATE_WORKING" : "TASK_STATE_INPUT_REQUIRED";
          const batch = heads.flatMap((head) => (head ? [move(head, state, 2000 + i)] : []));
          const late = await store.journal.append(batch);
          taken += batch.length - late.length;
          const put = interjection(order[i % 3] as string, {
            head: { ...(batch[i % 3] as Append).head, state, statusMillis: 2000 + i },
          });
          if (await nodesOf(store).interject(put)) taken++;
        }
      };
      await Promise.all([run(one, ids), run(two, [...ids].reverse())]);
      let entries = 0;
      for (const id of ids) {
        const seqs = (await readAll(one.journal, id, 0, 1e6)).map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.map((_, i) => i + 1));
        expect((await two.journal.head(id))?.seq).toBe(seqs.length);
        entries += seqs.length - 1;
      }
      expect(entries).toBe(taken);
      for (const query of [{}, { contextId: "c" }]) {
        const totals = await Promise.all(
          (["TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED"] as const).map(async (state) => {
            const page = await one.journal.list({ owner: "alice", limit: 9, state, ...query });
            expect(page.totalSize).toBe(page.heads.length);
            return page.totalSize;
          }),
        );
        expect((totals[0] as number) + (totals[1] as number)).toBe(3);
      }
    });
  });
}
