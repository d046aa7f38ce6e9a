/** A task changes hands: its run has what came before and meanwhile, and one that the store takes nothing of ends. */
import { describe, expect, it } from "vitest";
import {
  type AgentContext,
  type AgentRequest,
  artifact,
  authRequired,
  type Execution,
  inputRequired,
  working,
} from "../../src/agent/index.js";
import type { Journal, Nodes } from "../../src/ports/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { gate } from "../spec/rig.js";
import { hub } from "./hub.js";
import { rig } from "./rig.js";
import { appending, type SharedStore, shared } from "./shared-store.js";

const tick = (millis = 0) => new Promise((resolve) => setTimeout(resolve, millis));
const now = { returnImmediately: true };
const patient = { timeout: 5000 };

/** Nodes of one store; each may see it through ports of its own. */
function cluster(execute: Parameters<typeof rig>[0], resumable: boolean) {
  const store = shared();
  const { bus } = hub();
  const join = (
    ports: { journal?: Journal; nodes?: Nodes } = {},
    options: Partial<Parameters<typeof rig>[1]> = {},
  ) => {
    const over = { ...store, ...ports };
    const settings = { nodes: over.nodes, bus: bus(), leaseMillis: 100, checkMillis: 5 };
    return rig(execute, { store: over, resumable, cluster: settings, ...options });
  };
  return { store, join };
}
const die = (store: SharedStore, { engine }: Awaited<ReturnType<typeof rig>>) => {
  store.kill(engine.cluster?.node as string);
  engine.cluster?.stop();
};
/** Waits for a message, and gives it back. */
async function* hears({ text }: AgentRequest, context: AgentContext): Execution {
  if (text === "start") return inputRequired("?");
  if (text === "block") return void (await tick(60_000));
  const { parts } = await context.nextMessage();
  yield artifact("heard", parts[0]?.text ?? "");
}

/** A message comes by way of this node before what is held back goes on, and reaches the run. */
async function heard(node: Awaited<ReturnType<typeof rig>>, taskId: string, late: ReturnType<typeof gate>) {
  await node.send("second", { taskId }, now);
  await tick(20);
  late.open();
  const answer = async () => (await node.get(taskId)).artifacts?.[0]?.parts[0]?.text;
  await expect.poll(answer, patient).toBe("second");
}

describe("a message that comes while a task changes hands reaches its run", () => {
  it("when the answer that made this node the holder is late", async () => {
    const { store, join } = cluster(hears, true);
    const late = gate();
    let slow = false;
    const a = await join({
      nodes: {
        ...store.nodes,
        interject: async (interjection) => {
          const done = await store.nodes.interject(interjection);
          if (slow) await late.opened;
          return done;
        },
      },
    });
    const b = await join();
    const { id } = await a.send("start");
    slow = true;
    const first = a.send("go", { taskId: id }, now);
    await expect.poll(async () => (await b.get(id)).status.state).toBe("TASK_STATE_WORKING");
    await heard(b, id, late);
    await first;
  });

  it("when what the run left is being read", async () => {
    const { store, join } = cluster(hears, true);
    const [reached, late] = [gate(), gate()];
    let armed = false;
    const journal = new Proxy(store.journal, {
      get: (target, name: keyof Journal) => {
        if (name === "notes")
          return (id: string) => {
            armed = true;
            return target.notes(id);
          };
        if (name !== "read") return target[name].bind(target);
        return async (...given: Parameters<Journal["read"]>) => {
          const entries = await target.read(...given);
          if (armed && entries?.length === 0) {
            reached.open();
            await late.opened;
          }
          return entries;
        };
      },
    });
    const a = await join();
    const c = await join();
    c.engine.cluster?.retire();
    await join({ journal });
    const { id } = await a.send("go", {}, now);
    die(store, a);
    await reached.opened;
    await heard(c, id, late);
  });

  it("when it is begun at last, after it had waited for its turn", async () => {
    const { store, join } = cluster(hears, false);
    const [reached, late] = [gate(), gate()];
    const journal = appending(store.journal, async (batch) => {
      if (batch.some(({ notes }) => notes?.some(({ key }) => key === "queued"))) {
        reached.open();
        await late.opened;
      }
      return store.journal.append(batch);
    });
    const b = await join({}, { admission: { runningTasks: 1, queuedTasks: 5 } });
    const c = await join();
    c.engine.cluster?.retire();
    await b.send("block", {}, now);
    const { id } = await b.send("waits", {}, now);
    await join({ journal });
    await b.engine.close(500);
    await reached.opened;
    await heard(c, id, late);
  });
});

it("a task that had not begun is begun by another node when the one that was to begin it stops", async () => {
  const { store, join } = cluster(async function* ({ text }: AgentRequest): Execution {
    if (text === "block") return void (await tick(60_000));
    yield artifact("did", text);
  }, false);
  const [reached, late] = [gate(), gate()];
  const journal = appending(store.journal, async (batch) => {
    if (batch.some(({ notes }) => notes?.some(({ key, json }) => key === "queued" && json === "null"))) {
      reached.open();
      await late.opened;
    }
    return store.journal.append(batch);
  });
  const a = await join({}, { admission: { runningTasks: 1, queuedTasks: 5 } });
  const b = await join({ journal });
  await a.send("block", {}, now);
  const { id } = await a.send("waits", {}, now);
  await a.engine.close(500);
  await reached.opened;
  const closing = b.engine.close(500);
  late.open();
  await closing;
  const c = await join();
  await expect.poll(async () => (await c.get(id)).status.state, patient).toBe("TASK_STATE_COMPLETED");
  expect((await c.get(id)).artifacts).toMatchObject([{ parts: [{ text: "waits" }] }]);
});

it.each([true, false])(
  "a task that waits for its client goes on after its run was lost (resumable: %s)",
  async (resumable) => {
    let fail = false;
    async function* execute({ text }: AgentRequest): Execution {
      if (text !== "start") {
        yield artifact("answered", text);
        return;
      }
      yield authRequired("log in");
      await tick(20);
      fail = true;
      yield artifact("lost", "x");
    }
    const { store, join } = cluster(execute, resumable);
    const journal = appending(store.journal, async (batch) => {
      if (fail) {
        fail = false;
        throw new Error("connection lost");
      }
      return store.journal.append(batch);
    });
    const a = await join({ journal });
    const { id } = await a.send("start", {}, now);
    await expect.poll(() => a.engine.live(id), patient).toBeUndefined();
    await a.send("logged in", { taskId: id }, now);
    await expect.poll(async () => (await a.get(id)).status.state, patient).toBe("TASK_STATE_COMPLETED");
    expect((await a.get(id)).artifacts).toMatchObject([{ artifactId: "answered" }]);
  },
);

it("a run that gets on a little each time, and then not, is not begun again for ever", async () => {
  const kept = memory();
  const journal = appending(kept.journal, (batch) => {
    if (batch.some(({ entries }) => entries.some(({ artifactOnly }) => artifactOnly)))
      throw new Error("too large");
    return kept.journal.append(batch);
  });
  let runs = 0;
  async function* write(): Execution {
    runs++;
    yield working("Reading");
    await tick(1);
    yield artifact("x", "poison");
  }
  const { send, get } = await rig(write, { store: { ...kept, journal }, retryMillis: 2, resumable: true });
  const { id } = await send("x", {}, now);
  await expect.poll(async () => (await get(id)).status.state, patient).toBe("TASK_STATE_FAILED");
  expect(runs).toBe(4);
});

it("a store that takes nothing for long is no reason to fail, nor to run in vain", async () => {
  const kept = memory();
  let away = false;
  let refused = 0;
  const journal = appending(kept.journal, (batch) => {
    if (!away) return kept.journal.append(batch);
    refused++;
    throw new Error("no space left");
  });
  let runs = 0;
  async function* write(): Execution {
    runs++;
    await tick(1);
    away = runs === 1;
    yield artifact("x", "done");
  }
  const { send, get } = await rig(write, { store: { ...kept, journal }, retryMillis: 2, resumable: true });
  const { id } = await send("x", {}, now);
  await expect.poll(() => refused, patient).toBeGreaterThan(10);
  expect(runs).toBe(1);
  away = false;
  await expect.poll(async () => (await get(id)).status.state, patient).toBe("TASK_STATE_COMPLETED");
  expect(runs).toBe(2);
});

it("a turn that had waited is begun with what its task had made", async () => {
  const store = memory();
  const hold = gate();
  async function* execute({ text }: AgentRequest): Execution {
    if (text === "start") {
      yield artifact("x", "one");
      return inputRequired("?");
    }
    if (text === "block") return void (await hold.opened);
    yield artifact("x", "two", { append: true });
  }
  const a = await rig(execute, { store, admission: { runningTasks: 1, queuedTasks: 5 } });
  const { id } = await a.send("start");
  await a.send("block", {}, now);
  await a.send("second", { taskId: id }, now);
  await a.engine.close(100);
  hold.open();
  const b = await rig(execute, { store });
  await expect.poll(async () => (await b.get(id)).status.state, patient).toBe("TASK_STATE_COMPLETED");
  expect((await b.get(id)).artifacts).toMatchObject([{ parts: [{ text: "onetwo" }] }]);
});
