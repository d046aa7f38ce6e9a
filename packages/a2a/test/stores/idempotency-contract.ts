/** What every store must do with idempotency keys. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyClaim, Store } from "../../src/ports/index.js";
import { creation } from "./tasks.js";

export function idempotencyContract(name: string, create: () => Store): void {
  describe(`${name}: idempotency keys`, () => {
    let store: Store;
    beforeEach(async () => {
      store = create();
      await store.open();
    });
    afterEach(() => store.close());

    const claim = (fields: Partial<KeyClaim> = {}) =>
      store.idempotency.claim({
        key: "k",
        hash: "h",
        taskId: "t1",
        node: "n1",
        keepMillis: 60_000,
        ...fields,
      });

    it("are claimed once, and say what was sent under them", async () => {
      const first = { hash: "h", taskId: "t1", answer: undefined, mine: true };
      expect(await claim()).toEqual(first);
      expect(await claim({ hash: "other", taskId: "t2" })).toEqual({ ...first, mine: false });
      expect(await claim({ key: "another", taskId: "t2" })).toEqual({ ...first, taskId: "t2" });
    });

    it("are their node's to try again until there is the task", async () => {
      await claim();
      expect(await claim({ taskId: "t2" })).toMatchObject({ taskId: "t1", mine: true });
      await store.journal.append([creation({ id: "t1" })]);
      expect(await claim({ taskId: "t2" })).toMatchObject({ taskId: "t1", mine: false });
    });

    it("are another's when their node is gone", async () => {
      await claim();
      expect(await claim({ node: "n2", taskId: "t2" })).toMatchObject({ taskId: "t1", mine: true });
      await store.idempotency.release("k", "n1");
      expect(await claim({ node: "n2", taskId: "t3" })).toMatchObject({ taskId: "t1", mine: true });
    });

    it("keep an answer", async () => {
      await claim();
      await store.idempotency.settle("k", '{"text":"hi \\u0000"}');
      const again = { hash: "h", taskId: "t1", answer: '{"text":"hi \\u0000"}', mine: false };
      expect(await claim({ taskId: "t2", node: "n2" })).toEqual(again);
      await store.idempotency.release("k", "n1");
      expect(await claim()).toEqual(again);
    });

    it("are free again when nothing came of them", async () => {
      await claim();
      await store.idempotency.release("k", "n1");
      expect(await claim({ hash: "other", taskId: "t2" })).toMatchObject({
        hash: "other",
        taskId: "t2",
        mine: true,
      });
    });

    it("are forgotten after their time", async () => {
      await claim();
      await claim({ key: "later" });
      await store.idempotency.settle("k", "answer");
      expect(await claim({ keepMillis: 0, hash: "other", taskId: "t2" })).toEqual({
        hash: "other",
        taskId: "t2",
        answer: undefined,
        mine: true,
      });
      expect(await store.idempotency.expire(60_000)).toBe(0);
      expect(await store.idempotency.expire(0)).toBe(2);
      expect(await claim({ taskId: "t3" })).toMatchObject({ taskId: "t3", mine: true });
    });

    it("claimed by many at once are claimed by one", async () => {
      if (store.nodes) for (const node of ["n0", "n1", "n2", "n3"]) await store.nodes.beat(node, 60_000);
      const claims = Array.from({ length: 40 }, (_, i) =>
        claim({ taskId: `t${i}`, node: `n${i % 4}`, key: `k${i % 2}` }),
      );
      const claimed = await Promise.all(claims);
      for (const half of [0, 1]) {
        const ids = new Set(claimed.filter((_, i) => i % 2 === half).map(({ taskId }) => taskId));
        expect(ids.size).toBe(1);
      }
    });

    it("of a node that lives are nobody else's", async () => {
      if (!store.nodes) return;
      await store.nodes.beat("n1", 60_000);
      await claim();
      expect(await claim({ node: "n2", taskId: "t2" })).toMatchObject({ taskId: "t1", mine: false });
      await store.nodes.leave("n1");
      expect(await claim({ node: "n2", taskId: "t2" })).toMatchObject({ taskId: "t1", mine: true });
    });
  });
}
