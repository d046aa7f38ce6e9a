/** A node that cannot reach the store for a while, while the others can: it ends nothing that is another's by then. */
import { expect, it } from "vitest";
import { artifact, type Execution } from "../../src/agent/index.js";
import type { Store } from "../../src/ports/index.js";
import { hub } from "./hub.js";
import { rig } from "./rig.js";
import { shared } from "./shared-store.js";

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
