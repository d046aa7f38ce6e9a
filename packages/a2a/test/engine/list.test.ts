/** ListTasks without artifacts (3.1.4) neither writes nor reads them. */
import { expect, it } from "vitest";
import { artifact, inputRequired, working } from "../../src/agent/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { rig } from "./rig.js";

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
