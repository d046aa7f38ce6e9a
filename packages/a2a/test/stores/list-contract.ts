/** Lists against the simplest model there is: an array, filtered and sorted. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListQuery, Store, TaskHead } from "../../src/ports/index.js";
import type { TaskState } from "../../src/protocol/index.js";
import { creation, move } from "./tasks.js";

const states: readonly TaskState[] = ["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "TASK_STATE_COMPLETED"];
const owners = ["alice", "bob"];
const contexts = ["c1", "c2", "c3"];
const ids = Array.from({ length: 12 }, (_, i) => `t${i}`);

function naive(tasks: Iterable<TaskHead>, { owner, contextId, state, since, after, limit }: ListQuery) {
  const order = (a: TaskHead, b: TaskHead) => b.statusMillis - a.statusMillis || (a.id < b.id ? -1 : 1);
  const matching = [...tasks]
    .filter((task) => task.owner === owner && (contextId === undefined || task.contextId === contextId))
    .filter(
      (task) =>
        (state === undefined || task.state === state) && (since === undefined || task.statusMillis >= since),
    )
    .sort(order);
  const rest = matching.filter(
    ({ statusMillis, id }) =>
      !after || statusMillis < after.statusMillis || (statusMillis === after.statusMillis && id > after.id),
  );
  return { heads: rest.slice(0, limit), more: rest.length > limit, totalSize: matching.length };
}

// Few milliseconds and in any order: ties are common, and the clock steps back.
const millis = fc.integer({ min: 1000, max: 1004 });
const step = fc.oneof(
  fc.record({
    kind: fc.constant("create" as const),
    id: fc.constantFrom(...ids),
    owner: fc.constantFrom(...owners),
    contextId: fc.constantFrom(...contexts),
    state: fc.constantFrom(...states),
    millis,
  }),
  fc.record({
    kind: fc.constant("move" as const),
    id: fc.constantFrom(...ids),
    state: fc.constantFrom(...states),
    millis,
  }),
  fc.record({ kind: fc.constant("remove" as const), id: fc.constantFrom(...ids) }),
);
const query = fc.record(
  {
    owner: fc.constantFrom(...owners, "nobody"),
    limit: fc.integer({ min: 1, max: 5 }),
    contextId: fc.constantFrom(...contexts, "nowhere"),
    state: fc.constantFrom(...states),
    since: millis,
    after: fc.record({ statusMillis: millis, id: fc.constantFrom(...ids) }),
  },
  { requiredKeys: ["owner", "limit"] },
);

export function listContract(name: string, create: () => Store): void {
  describe(`${name}: lists`, () => {
    it("are as the model says, whatever is created, moved and removed", async () => {
      const script = fc.array(fc.tuple(step, fc.array(query, { minLength: 1, maxLength: 4 })), {
        maxLength: 40,
        size: "max",
      });
      await fc.assert(
        fc.asyncProperty(script, async (steps) => {
          const store = create();
          await store.open();
          try {
            const model = new Map<string, TaskHead>();
            for (const [action, queries] of steps) {
              await act(store, model, action);
              for (const asked of queries)
                expect(await store.journal.list(asked)).toEqual(naive(model.values(), asked));
            }
          } finally {
            await store.close();
          }
        }),
        { numRuns: 50 },
      );
    });

    it("are walked page by page without a task lost or doubled while others move", async () => {
      const store = create();
      await store.open();
      const appends = Array.from({ length: 1500 }, (_, i) =>
        creation({
          id: `t${String((i * 7) % 1500).padStart(4, "0")}`,
          contextId: "c",
          millis: 1000 + (i % 40),
        }),
      );
      await store.journal.append(appends);
      const seen: string[] = [];
      let after: ListQuery["after"];
      for (let n = 0; ; n++) {
        const page = await store.journal.list({ owner: "alice", contextId: "c", limit: 37, after });
        expect(page.totalSize).toBe(1500);
        seen.push(...page.heads.map(({ id }) => id));
        // The last task seen gets a newer status, which puts it before the cursor.
        const last = page.heads.at(-1);
        if (!page.more || last === undefined) break;
        after = { statusMillis: last.statusMillis, id: last.id };
        await store.journal.append([move(last, "TASK_STATE_WORKING", 5000 + n)]);
      }
      expect(seen.length).toBe(1500);
      expect(new Set(seen).size).toBe(1500);
      await store.close();
    });

    it("are in order when many tasks share a millisecond and when the clock steps back", async () => {
      const store = create();
      await store.open();
      const count = 3000;
      const at = (i: number) => (i < 1500 ? 1000 : 1500 - Math.floor(i / 3));
      const appends = Array.from({ length: count }, (_, i) =>
        creation({ id: `t${String(i).padStart(5, "0")}`, millis: at(i) }),
      );
      await store.journal.append(appends);
      for (const { head } of appends.slice(200, 500)) await store.journal.remove(head.id);
      const model = appends.map(({ head }) => head).filter((_, i) => i < 200 || i >= 500);
      for (const asked of [
        { owner: "alice", limit: count },
        { owner: "alice", limit: 10, after: { statusMillis: 1000, id: "t01200" } },
        { owner: "alice", limit: 10, since: 900 },
      ]) {
        expect(await store.journal.list(asked)).toEqual(naive(model, asked));
      }
      await store.close();
    });
  });
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function act(store: Store, model: Map<string, TaskHead>, action: Step): Promise<void> {
  const known = model.get(action.id);
  if (action.kind === "remove") {
    await store.journal.remove(action.id);
    model.delete(action.id);
  } else if (action.kind === "move") {
    if (known === undefined) return;
    const append = move(known, action.state, action.millis);
    expect(await store.journal.append([append])).toEqual([]);
    model.set(action.id, append.head);
  } else {
    const append = creation(action);
    const foreign = [...model.values()].some(
      (task) => task.contextId === action.contextId && task.owner !== action.owner,
    );
    expect(await store.journal.append([append])).toEqual(known || foreign ? [append] : []);
    if (!known && !foreign) model.set(action.id, append.head);
  }
}
