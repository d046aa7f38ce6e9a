import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memory } from "../../src/stores/memory/index.js";
import { storeContract } from "./contract.js";
import { outboxContract } from "./outbox-contract.js";
import { creation, move } from "./tasks.js";

storeContract("memory", () => memory());
outboxContract("memory", () => memory());

describe("memory: ended tasks", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const end = (store: ReturnType<typeof memory>, id: string, watched = true) => {
    const first = creation({ id, state: "TASK_STATE_WORKING" });
    store.journal.append([first, { ...move(first.head, "TASK_STATE_COMPLETED", 2000), watched }]);
  };
  const kept = (store: ReturnType<typeof memory>, id: string) =>
    store.journal.read(id, 0, 1000) !== undefined;

  it("keep their entries for the stated delay, then only the Task", async () => {
    const store = memory({ folding: { delayMillis: 1000 } });
    end(store, "t1");
    store.journal.append([creation({ id: "running", state: "TASK_STATE_WORKING" })]);
    vi.advanceTimersByTime(600);
    end(store, "t2");
    const before = await store.journal.load("t1");
    vi.advanceTimersByTime(399);
    expect(kept(store, "t1")).toBe(true);
    vi.advanceTimersByTime(1);
    expect([kept(store, "t1"), kept(store, "t2"), kept(store, "running")]).toEqual([false, true, true]);
    vi.advanceTimersByTime(1000);
    expect([kept(store, "t2"), kept(store, "running")]).toEqual([false, true]);
    expect(await store.journal.load("t1")).toEqual(before);
    expect(await store.journal.read("t1", 1, 1000)).toBeUndefined();
    expect(await store.journal.read("t1", 2, 1000)).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    await store.close();
  });

  it("keep their entries only while they are among the latest", async () => {
    const store = memory({ folding: { keep: 2 } });
    for (const id of ["t1", "t2", "t3"]) end(store, id);
    expect(["t1", "t2", "t3"].map((id) => kept(store, id))).toEqual([false, true, true]);
    await store.journal.remove("t2");
    for (const id of ["t4", "t5"]) end(store, id);
    expect(["t1", "t3", "t4", "t5"].map((id) => kept(store, id))).toEqual([false, false, true, true]);
    await store.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keep their entries a hundredth as often when no stream has shown them", async () => {
    const store = memory({ folding: { keep: 100 } });
    end(store, "shown");
    for (const id of ["t1", "t2"]) end(store, id, false);
    expect(["shown", "t1", "t2"].map((id) => kept(store, id))).toEqual([true, false, true]);
    await store.close();
  });

  it("go on from a folded Task if they must", async () => {
    const store = memory({ folding: { keep: 0 } });
    end(store, "t1");
    const head = await store.journal.head("t1");
    if (!head) throw new Error("t1 is there");
    // No engine appends to an ended task; a store does not have to know.
    expect(await store.journal.append([move(head, "TASK_STATE_COMPLETED", 3000)])).toEqual([]);
    expect((await store.journal.head("t1"))?.seq).toBe(3);
  });
});
