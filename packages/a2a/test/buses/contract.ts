/** What every bus must do, whatever it goes over. */
import { afterEach, describe, expect, it } from "vitest";
import type { Bus } from "../../src/ports/index.js";
import { type Node, openNode } from "./node.js";

/** @param create Makes one more node's bus that is not open yet; all of them are to hear each other. */
export function busContract(name: string, create: () => Bus): void {
  describe(`${name}: a bus`, () => {
    const nodes: Node[] = [];
    const join = async () => {
      const node = await openNode(create());
      nodes.push(node);
      return node;
    };
    afterEach(async () => {
      for (const { bus } of nodes.splice(0)) await bus.close();
    });

    it("tells the nodes that follow a task, and only of that", async () => {
      const [teller, one, two, other] = [await join(), await join(), await join(), await join()];
      one.bus.follow("t1");
      two.bus.follow("t1");
      other.bus.follow("t2");
      await settled(teller, [one, two, other]);
      teller.bus.tell([{ taskId: "t1", seq: 3 }]);
      await Promise.all([one.until("t1", 3), two.until("t1", 3)]);
      teller.bus.tell([{ taskId: "t2", seq: 1 }]);
      await other.until("t2", 1);
      expect(other.heard.has("t1")).toBe(false);
      expect(one.heard.has("t2")).toBe(false);
    });

    it("loses nothing of tasks that grow on several nodes at once", async () => {
      const all = [await join(), await join(), await join()];
      const tasks = Array.from({ length: 30 }, (_, i) => `t${i}`);
      for (const { bus } of all) for (const task of tasks) bus.follow(task);
      for (const node of all)
        await settled(
          node,
          all.filter((other) => other !== node),
        );
      for (let seq = 1; seq <= 50; seq++) {
        for (const [i, taskId] of tasks.entries()) all[i % 3]?.bus.tell([{ taskId, seq }]);
        if (seq % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
      for (const [i, task] of tasks.entries()) {
        for (const [at, node] of all.entries()) if (at !== i % 3) await node.until(task, 50);
      }
    });

    it("does not tell a node what that told itself", async () => {
      const [teller, hearer] = [await join(), await join()];
      for (const { bus } of [teller, hearer]) bus.follow("t1");
      await settled(teller, [hearer]);
      await settled(hearer, [teller]);
      teller.bus.tell([{ taskId: "t1", seq: 1 }]);
      await hearer.until("t1", 1);
      await settled(hearer, [teller]);
      expect(teller.heard.has("t1")).toBe(false);
    });

    it("coalesces a flood, for whoever tells and whoever hears", async () => {
      const [teller, hearer] = [await join(), await join()];
      const tasks = Array.from({ length: 20 }, (_, i) => `flood-${i}`);
      for (const task of tasks) hearer.bus.follow(task);
      await settled(teller, [hearer]);
      const before = hearer.items;
      for (let i = 1; i <= 100_000; i++) teller.bus.tell([{ taskId: tasks[i % 20] as string, seq: i }]);
      for (const [i, task] of tasks.entries()) await hearer.until(task, i === 0 ? 100_000 : 99_980 + i);
      expect(hearer.items - before).toBeLessThan(1000);
    });

    it("tells of many tasks at once", async () => {
      const [teller, hearer] = [await join(), await join()];
      const tasks = Array.from({ length: 3000 }, (_, i) => `${crypto.randomUUID()}-${i}`);
      for (const task of tasks) hearer.bus.follow(task);
      await settled(teller, [hearer]);
      teller.bus.tell(tasks.map((taskId, i) => ({ taskId, seq: i + 1 })));
      for (const [i, task] of tasks.entries()) await hearer.until(task, i + 1);
    });

    it.each([
      ["long", "x".repeat(20_000)],
      ["dots and stars", "a.*.>.b"],
      ["line ends", "a 1\r\nb 2"],
      ["quotes and letters", "'\"\\ ä😀\ud800"],
      ["nothing", ""],
    ])("knows a task by an id of %s", async (_, id) => {
      const [teller, hearer] = [await join(), await join()];
      hearer.bus.follow(id);
      hearer.bus.follow(`${id}x`);
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: id, seq: 7 }]);
      await hearer.until(id, 7);
      expect(hearer.heard.has(`${id}x`)).toBe(false);
    });

    it("tells nothing more of what is not followed any more", async () => {
      const [teller, hearer] = [await join(), await join()];
      hearer.bus.follow("t1");
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: "t1", seq: 1 }]);
      await hearer.until("t1", 1);
      hearer.bus.unfollow("t1");
      hearer.bus.unfollow("never followed");
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: "t1", seq: 2 }]);
      await settled(teller, [hearer]);
      expect(hearer.heard.get("t1")).toBe(1);
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: "t1", seq: 3 }]);
      await hearer.until("t1", 3);
    });

    it("answers a ping between open and close, and says no afterwards", async () => {
      const node = await join();
      await node.bus.ping();
      await node.bus.close();
      await expect((async () => node.bus.ping())()).rejects.toThrow();
    });

    it("tells what it was told before it closes, and nothing afterwards", async () => {
      const [teller, hearer] = [await join(), await join()];
      hearer.bus.follow("t1");
      hearer.bus.follow("t2");
      await settled(teller, [hearer]);
      teller.bus.tell([{ taskId: "t1", seq: 4 }]);
      await teller.bus.close();
      await hearer.until("t1", 4);
      teller.bus.tell([{ taskId: "t2", seq: 1 }]);
      teller.bus.follow("t3");
      await settled(await join(), [hearer]);
      expect(hearer.heard.has("t2")).toBe(false);
    });

    it("hears nothing after it closed", async () => {
      const [teller, hearer] = [await join(), await join()];
      hearer.bus.follow("t1");
      await settled(teller, [hearer]);
      const { calls } = hearer;
      teller.bus.tell([{ taskId: "t1", seq: 4 }]);
      await hearer.bus.close();
      const at = hearer.calls;
      teller.bus.tell([{ taskId: "t1", seq: 5 }]);
      await settled(teller, [await join()]);
      expect(hearer.calls).toBe(at);
      expect(at - calls).toBeLessThanOrEqual(1);
    });
  });
}

/** @param create Makes a node's bus among those of the same name. */
export async function expectApart(create: (name: string) => Bus): Promise<void> {
  const [one, two, three] = [
    await openNode(create("a")),
    await openNode(create("a")),
    await openNode(create("b")),
  ];
  for (const { bus } of [two, three]) bus.follow("t1");
  await settled(one, [two]);
  one.bus.tell([{ taskId: "t1", seq: 1 }]);
  await two.until("t1", 1);
  expect(three.heard.size).toBe(0);
  for (const { bus } of [one, two, three]) await bus.close();
}

let probes = 0;

/** Resolves once each of the nodes hears what the first tells from now on. */
export async function settled(teller: Node, hearers: readonly Node[]): Promise<void> {
  for (const hearer of hearers) {
    const probe = `probe-${++probes}`;
    hearer.bus.follow(probe);
    const heard = hearer.until(probe, 1);
    let done = false;
    void heard.then(() => {
      done = true;
    });
    while (!done) {
      teller.bus.tell([{ taskId: probe, seq: 1 }]);
      await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    hearer.bus.unfollow(probe);
  }
}
