/** Several engines on one store: every node answers for every task, and the tasks of a dead one go on or end. */
import { describe, expect, it } from "vitest";
import { artifact, type Execution, inputRequired, working } from "../../src/agent/index.js";
import type { AdmissionLimits } from "../../src/engine/admission.js";
import { sendStreamingMessage } from "../../src/engine/index.js";
import { A2AError } from "../../src/protocol/index.js";
import { hub } from "./hub.js";
import { alice, collect, type Reader, reasonOf, rig } from "./rig.js";
import { type SharedStore, shared } from "./shared-store.js";

const tick = (millis = 0) => new Promise((resolve) => setTimeout(resolve, millis));

type Execute = Parameters<typeof rig>[0];

async function nodes(
  execute: Execute,
  count: number,
  {
    resumable = false,
    leaseMillis = 40,
    silent = false,
    admission,
  }: { resumable?: boolean; leaseMillis?: number; silent?: boolean; admission?: AdmissionLimits } = {},
) {
  const store = shared();
  const { bus, state } = hub();
  state.silent = silent;
  const each = () =>
    rig(execute, {
      store,
      resumable,
      ...(admission && { admission }),
      cluster: { nodes: store.nodes, bus: bus(), leaseMillis, checkMillis: 5 },
    });
  const rigs = [];
  for (let i = 0; i < count; i++) rigs.push(await each());
  return { store, rigs: rigs as [Rig, Rig, Rig] };
}
type Rig = Awaited<ReturnType<typeof rig>>;

const kill = (store: SharedStore, { engine }: Rig) => {
  store.kill(engine.cluster?.node as string);
  engine.cluster?.stop();
};
const texts = (reader: Reader) =>
  reader.parsed.flatMap((event) => event.artifactUpdate?.artifact.parts[0]?.text ?? []);

const expecting = (expected: number) => ({
  expected,
  task: (json: string) => json,
  mismatch: () => new A2AError("TASK_GENERATION_MISMATCH"),
});

describe.each([
  ["told by a bus", false],
  ["with a bus that tells nothing", true],
])("nodes that share a store, %s", (_, silent) => {
  it("answer for each other's tasks: get, follow, cancel", async () => {
    let aborted = false;
    const {
      rigs: [a, b],
    } = await nodes(
      async function* (_, { signal }): Execution {
        yield working("begun");
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            resolve();
          }),
        );
      },
      2,
      { silent },
    );
    const { id } = await a.send("x", {}, { returnImmediately: true });
    const reader = await b.subscribe(id);
    const own = await a.subscribe(id, 0);
    await own.count(2);
    expect((await b.get(id)).status.state).toBe("TASK_STATE_WORKING");
    expect((await b.cancel(id)).status.state).toBe("TASK_STATE_CANCELED");
    expect((await a.get(id)).status.state).toBe("TASK_STATE_CANCELED");
    expect(await reader.done).toBe("end");
    expect(await own.done).toBe("end");
    expect(aborted).toBe(true);
    expect(await reasonOf(a.cancel(id))).toBe("TASK_NOT_CANCELABLE");
    expect(await reasonOf(b.cancel(id))).toBe("TASK_NOT_CANCELABLE");
    expect(own.seqs).toEqual([1, 2, 3]);
  });

  it("take one of several messages that expect the same of a task, whichever node gets them", async () => {
    const heard: string[] = [];
    const {
      rigs: [a, b, c],
    } = await nodes(
      async function* () {
        for (;;) {
          const { parts } = yield inputRequired("More?");
          heard.push(parts[0]?.text ?? "");
          if (heard.length === 4) return;
        }
      },
      3,
      { silent },
    );
    const { id } = await a.send("x");
    for (let round = 0; round < 4; round++) {
      const numbered = expecting((await a.store.journal.head(id))?.seq as number);
      const race = [a, b, c, a, b, c].map(({ send }, i) =>
        reasonOf(send(`${round}`, { taskId: id, messageId: `${round}-${i}` }, {}, { ...alice, numbered })),
      );
      const reasons = (await Promise.all(race)).sort();
      expect(reasons).toEqual([...Array(5).fill("TASK_GENERATION_MISMATCH"), "no error"]);
    }
    expect(heard).toEqual(["0", "1", "2", "3"]);
    expect((await b.get(id)).status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("leave a task that waits for its turn where it is when a message expects something of it", async () => {
    let release = () => {};
    const {
      rigs: [a],
    } = await nodes(
      async function* ({ text }, { history }): Execution {
        if (text === "first")
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        yield artifact("heard", history.map(({ parts }) => parts[0]?.text).join());
      },
      1,
      { silent, admission: { runningTasks: 1 } },
    );
    await a.send("first", {}, { returnImmediately: true });
    const { id } = await a.send("second", {}, { returnImmediately: true });
    const numbered = expecting(1);
    const further = { taskId: id };
    const told = await a.send("more", further, { returnImmediately: true }, { ...alice, numbered });
    expect(told.status.state).toBe("TASK_STATE_SUBMITTED");
    release();
    await expect.poll(async () => (await a.get(id)).status.state).toBe("TASK_STATE_COMPLETED");
    expect((await a.get(id)).artifacts?.[0]?.parts[0]?.text).toBe("second,more");
  });

  it("begin a stream with as much history as was asked for, also where nothing is stored yet", async () => {
    const {
      rigs: [a],
    } = await nodes(
      async function* (): Execution {
        yield artifact("x", "done");
      },
      1,
      { silent },
    );
    const reader = await a.stream("x", {}, { historyLength: 0 });
    expect(await reader.done).toBe("end");
    expect(reader.parsed[0]?.task?.history ?? []).toEqual([]);
    expect(reader.parsed.at(-1)?.task?.status.state ?? reader.parsed.at(-1)?.statusUpdate?.status.state).toBe(
      "TASK_STATE_COMPLETED",
    );
  });

  it("bring a message to the run wherever it is, and the answer back", async () => {
    const {
      rigs: [a, b],
    } = await nodes(
      async function* (): Execution {
        const answer = yield inputRequired("which?");
        yield artifact("x", `it is ${answer.parts[0]?.text}`);
      },
      2,
      { silent },
    );
    const { id } = await a.send("x");
    const task = await b.send("this", { taskId: id });
    expect(task.status.state).toBe("TASK_STATE_COMPLETED");
    expect(task.artifacts?.[0]?.parts[0]?.text).toBe("it is this");
    expect(task.history?.filter(({ role }) => role === "ROLE_USER")).toHaveLength(2);
  });

  it("write in one order when a message comes in the middle of a stream", async () => {
    const {
      rigs: [a, b, c],
      store,
    } = await nodes(
      async function* (_, context): Execution {
        for (let i = 0; i < 60; i++) {
          yield artifact("x", `${i};`, { append: i > 0 });
          if (i % 4 === 0) await tick();
        }
        const { parts } = await context.nextMessage();
        yield artifact("y", parts[0]?.text ?? "");
      },
      3,
      { silent },
    );
    const first = await a.stream("x");
    await first.count(1);
    const { id } = (first.parsed[0] as { task: { id: string } }).task;
    const others = [await b.subscribe(id, 0), await c.subscribe(id, 0)];
    const said = b.send("now", { taskId: id });
    const told = await said;
    expect(told.status.state).toBe("TASK_STATE_COMPLETED");
    for (const reader of [first, ...others]) expect(await reader.done).toBe("end");
    const kept = (await store.journal.read(id, 0, 1e9)) ?? [];
    const seqs = kept.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    for (const reader of [first, ...others])
      expect(reader.events.map(({ json }) => json)).toEqual(kept.map(({ json }) => json));
    expect(texts(first).join("")).toBe(`${Array.from({ length: 60 }, (_, i) => `${i};`).join("")}now`);
  });

  it("fail the tasks of a node that died, and its readers elsewhere see it", async () => {
    const {
      rigs: [a, b, c],
      store,
    } = await nodes(
      async function* (): Execution {
        yield working("begun");
        await new Promise(() => {});
      },
      3,
      { silent },
    );
    const { id } = await a.send("x", {}, { returnImmediately: true });
    const reader = await b.subscribe(id);
    kill(store, a);
    expect(await reader.done).toBe("end");
    const task = await c.get(id);
    expect(task.status.state).toBe("TASK_STATE_FAILED");
    expect(task.status.message?.parts[0]?.text).toMatch(/lost/);
  });

  it("begin resumable tasks of a dead node again: effects once, questions once, entries of the old run refused", async () => {
    const effects: string[] = [];
    let gate = true;
    const {
      rigs: [a, b],
      store,
    } = await nodes(
      async function* (_, context): Execution {
        const paid = await context.once("pay", (key) => {
          effects.push(key);
          return { paid: effects.length };
        });
        const answer = yield inputRequired("go on?");
        yield artifact("x", `${paid.paid} ${answer.parts[0]?.text} ${context.resumed}`);
        while (gate) await tick(5);
        yield artifact("y", "end");
      },
      2,
      { resumable: true, silent },
    );
    const { id } = await a.send("x");
    await a.send("yes", { taskId: id }, { returnImmediately: true });
    await expect.poll(async () => (await a.get(id)).artifacts?.length).toBe(1);
    kill(store, a);
    await expect.poll(async () => (await b.get(id)).artifacts?.[0]?.parts[0]?.text).toBe("1 yes true");
    gate = false;
    await expect.poll(async () => (await b.get(id)).status.state).toBe("TASK_STATE_COMPLETED");
    expect(effects).toHaveLength(1);
    const kept = (await store.journal.read(id, 0, 1e9)) ?? [];
    const asked = kept.filter(({ state }) => state === "TASK_STATE_INPUT_REQUIRED");
    const ended = kept.filter(({ json }) => json.includes('"y"'));
    expect([asked.length, ended.length]).toEqual([1, 1]);
    expect(kept.at(-1)?.state).toBe("TASK_STATE_COMPLETED");
  });

  it("let a reader know which task it reads before they send it to another node", async () => {
    const {
      rigs: [a],
    } = await nodes(
      async function* (): Execution {
        yield working("begun");
        await new Promise(() => {});
      },
      1,
      { silent },
    );
    const message = { messageId: "m", role: "ROLE_USER" as const, parts: [{ text: "x" }] };
    const unread = await sendStreamingMessage(a.engine, { message }, alice);
    const drained = a.engine.drain(50);
    const reader = collect(unread);
    expect(await reader.done).toBe("cut");
    expect(reader.seqs[0]).toBe(1);
    await drained;
  });
});
