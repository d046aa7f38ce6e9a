/** A node that cannot reach the store for a while, while the others can: it ends and writes nothing that is another's by then. */
import { expect, it } from "vitest";
import { type AgentContext, artifact, data, type Execution } from "../../src/agent/index.js";
import type { Store } from "../../src/ports/index.js";
import type { StreamResponse } from "../../src/protocol/index.js";
import { Gate } from "./gate.js";
import { hub } from "./hub.js";
import { rig } from "./rig.js";
import { appending, shared } from "./shared-store.js";

const tick = (millis = 0) => new Promise((resolve) => setTimeout(resolve, millis));

/** A port that fails while it is cut. */
function cuttable<T extends object>(port: T, cut: () => boolean): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (cut()) throw new Error("The store cannot be reached");
        return value.apply(target, given);
      };
    },
  });
}

it("a node that was cut off leaves the tasks alone that another one has taken over", async () => {
  let cut = false;
  let gate = true;
  const store = shared();
  const { bus } = hub();
  const node = (over: Partial<Store>) => {
    const of = { ...store, ...over };
    return rig(
      async function* (): Execution {
        for (let i = 0; gate || i === 0; i++) {
          yield artifact(`${i}`, "x");
          await tick(5);
        }
      },
      {
        store: of,
        resumable: true,
        retryMillis: 20,
        cluster: { nodes: of.nodes ?? store.nodes, bus: bus(), leaseMillis: 40, checkMillis: 5 },
      },
    );
  };
  const a = await node({
    journal: cuttable(store.journal, () => cut),
    nodes: cuttable(store.nodes, () => cut),
  });
  const b = await node({});
  const { id } = await a.send("x", {}, { returnImmediately: true });
  cut = true;
  await tick(20);
  store.kill(a.engine.cluster?.node as string);
  await expect.poll(() => b.engine.live(id)?.run !== undefined).toBe(true);
  cut = false;
  await tick(100);
  gate = false;
  await expect.poll(async () => (await b.get(id)).status.state).toMatch(/COMPLETED|FAILED/);
  expect((await b.get(id)).status).toMatchObject({ state: "TASK_STATE_COMPLETED" });
});

it("what a node had under way is not put on top of what another wrote, even when the task is its own again", async () => {
  const store = shared();
  const { bus } = hub();
  const all = 20;
  const node = async (name: string) => {
    const [appends, beats] = [new Gate(), new Gate()];
    const journal = appending(store.journal, async (batch) => {
      await appends.pass();
      return store.journal.append(batch);
    });
    const nodes = {
      ...store.nodes,
      beat: async (...given: Parameters<typeof store.nodes.beat>) => {
        await beats.pass();
        return store.nodes.beat(...given);
      },
      takeOver: async (...given: Parameters<typeof store.nodes.takeOver>) => {
        await beats.pass();
        return store.nodes.takeOver(...given);
      },
    };
    async function* write(_: unknown, { task }: AgentContext): Execution {
      const written = task.artifacts?.[0]?.parts.length ?? 0;
      for (let number = written + 1; number <= all; number++) {
        await tick(5);
        yield artifact("lines", data({ number, name }), { append: number > 1 });
      }
    }
    const cluster = { nodes, bus: bus(), leaseMillis: 20, checkMillis: 5 };
    const { engine, send } = await rig(write, { store: { ...store, journal }, resumable: true, cluster });
    return { engine, send, appends, beats, id: engine.cluster?.node as string };
  };
  const [a, b] = [await node("A"), await node("B")];
  const { id } = await b.send("x", {}, { returnImmediately: true });
  const kept = async () => (await store.journal.read(id, 0, 1e9)) ?? [];
  const grown = (count: number) =>
    expect.poll(async () => (await kept()).length).toBeGreaterThanOrEqual(count);
  await grown(7);
  // B cannot write, and comes to its end nevertheless.
  b.appends.shut();
  b.beats.shut();
  await expect.poll(() => b.engine.live(id)?.state).toBe("TASK_STATE_COMPLETED");
  store.kill(b.id);
  await grown((await kept()).length + 4);
  // A dies in its turn, and B has the task again before what it wrote arrives.
  a.beats.shut();
  await tick(10);
  store.kill(a.id);
  b.beats.open();
  await tick(20);
  b.appends.open();
  await expect.poll(async () => (await kept()).at(-1)?.state).toBe("TASK_STATE_COMPLETED");
  const numbers = (await kept()).flatMap(({ json }) => {
    const part = (JSON.parse(json) as StreamResponse).artifactUpdate?.artifact.parts[0];
    return part ? [(part.data as { number: number }).number] : [];
  });
  expect(numbers).toEqual(Array.from({ length: all }, (_, i) => i + 1));
});

it("a long task goes on when a message comes by way of another node", async () => {
  const store = shared();
  const { bus } = hub();
  const node = () =>
    rig(
      async function* (_, context): Execution {
        for (let i = 0; i < 30; i++) yield artifact("long", "x".repeat(200_000), { append: i > 0 });
        const { parts } = await context.nextMessage();
        yield artifact("long", parts[0]?.text ?? "", { append: true });
      },
      { store, cluster: { nodes: store.nodes, bus: bus(), leaseMillis: 200, checkMillis: 5 } },
    );
  const [a, b] = [await node(), await node()];
  const { id } = await a.send("x", {}, { returnImmediately: true });
  await expect.poll(() => a.engine.live(id)?.hollow).toBe(true);
  const { status, artifacts } = await b.send("the end", { taskId: id });
  expect(status).toMatchObject({ state: "TASK_STATE_COMPLETED" });
  expect(artifacts?.[0]?.parts[0]?.text?.slice(-8)).toBe("xthe end");
});
