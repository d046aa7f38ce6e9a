/** What needs no artifacts does not read them: ListTasks without them (3.1.4), tasks that have ended, and ending tasks after a restart. */
import { expect, it, vi } from "vitest";
import { artifact, inputRequired, working } from "../../src/agent/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { reasonOf, rig } from "./rig.js";

/** A store, and what it was asked to load. */
function watched() {
  const store = memory();
  const loads: unknown[] = [];
  const { load } = store.journal;
  store.journal.load = (id, options) => {
    loads.push(options);
    return load.call(store.journal, id, options);
  };
  return { store, loads };
}

it("lists a live task of any size without its artifacts, from memory", async () => {
  const { store, loads } = watched();
  const { send, list, get } = await rig(
    async function* () {
      yield working("on it");
      yield artifact("large", "x".repeat(5 * 1024 * 1024));
      yield inputRequired("more?");
    },
    { store },
  );
  const { id } = await send("go");
  const { artifacts, ...rest } = await get(id);
  expect(artifacts?.[0]?.parts[0]?.text).toHaveLength(5 * 1024 * 1024);
  loads.length = 0;
  expect((await list()).tasks).toEqual([rest]);
  expect(loads).toEqual([]);
});

it("asks the store for stored tasks without their artifacts, and with them only when told", async () => {
  const { store, loads } = watched();
  const { send, list } = await rig(
    async function* () {
      yield artifact("a", "text");
    },
    { store },
  );
  const { artifacts, ...rest } = await send("go");
  expect((await list()).tasks).toEqual([rest]);
  expect((await list({ includeArtifacts: true })).tasks).toEqual([{ ...rest, artifacts }]);
  expect(loads).toEqual([{ artifacts: false }, { artifacts: true }]);
});

it("resumes and refuses calls of a task that has ended without reading its artifacts as a whole", async () => {
  const { store, loads } = watched();
  const { send, subscribe, cancel, get } = await rig(
    async function* () {
      yield artifact("a", "text");
    },
    { store },
  );
  const { id } = await send("go");
  loads.length = 0;
  const resumed = await subscribe(id, 1);
  expect(await resumed.done).toBe("end");
  expect(resumed.seqs).toEqual([2, 3]);
  expect(await reasonOf(cancel(id))).toBe("TASK_NOT_CANCELABLE");
  expect(await reasonOf(send("more", { taskId: id }))).toBe("UNSUPPORTED_OPERATION");
  expect(loads).toEqual(Array(3).fill({ artifacts: false }));
  expect((await get(id)).artifacts).toHaveLength(1);
});

it("ends what a stopped process left running without reading its artifacts, which stay", async () => {
  const { store, loads } = watched();
  const stopped = await rig(
    async function* () {
      yield artifact("a", "made before");
      await new Promise(() => {});
    },
    { store },
  );
  const { id } = await stopped.send("go", {}, { returnImmediately: true });
  await vi.waitFor(async () => expect((await stopped.get(id)).artifacts).toHaveLength(1));
  loads.length = 0;
  const { get } = await rig(async function* () {}, { store });
  expect(loads).toEqual([{ artifacts: false }]);
  expect(await get(id)).toMatchObject({
    status: { state: "TASK_STATE_FAILED" },
    artifacts: [{ parts: [{ text: "made before" }] }],
  });
});
