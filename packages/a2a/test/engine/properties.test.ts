/** What must hold whatever happens when: order, resumption, races, paging. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifact, inputRequired, working, type Yielded } from "../../src/agent/index.js";
import type { StreamEvent } from "../../src/dispatch/contract.js";
import type { Store } from "../../src/ports/index.js";
import { applyEvent, type StreamResponse, type Task } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { sqlite } from "../../src/stores/sqlite/index.js";
import { type Reader, reasonOf, rig } from "./rig.js";

const stores: [string, () => Store][] = [
  ["memory", () => memory()],
  ["sqlite", () => sqlite(":memory:")],
];

/** A step of an executor: an event, or a wait of so many macrotasks. */
type Step =
  | { readonly chunk: string; readonly artifact: number }
  | { readonly wait: number }
  | { readonly say: string };

const steps = fc.array(
  fc.oneof(
    fc.record({ chunk: fc.string({ maxLength: 20 }), artifact: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ wait: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ say: fc.string({ maxLength: 10 }) }),
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Step[]>;

async function* perform(plan: readonly Step[]): AsyncGenerator<Yielded> {
  const known = new Set<number>();
  for (const step of plan) {
    if ("wait" in step)
      for (let i = 0; i < step.wait; i++) await new Promise((resolve) => setImmediate(resolve));
    else if ("say" in step) yield working(step.say);
    else {
      yield artifact(`a${step.artifact}`, step.chunk, { append: known.has(step.artifact) });
      known.add(step.artifact);
    }
  }
}

const lines = (events: readonly StreamEvent[]) => events.map((event) => `${event.seq} ${event.json}`);
const tick = () => new Promise((resolve) => setImmediate(resolve));
const foldOf = (events: readonly StreamResponse[]) => {
  let task: Task | undefined;
  for (const event of events) task = applyEvent(task, event);
  return task;
};

/** Stops and goes on reading at random until the stream is over. */
async function readFitfully(reader: Reader, pauses: readonly number[]): Promise<void> {
  let over = false;
  void reader.done.then(() => {
    over = true;
  });
  for (let i = 0; !over; i++) {
    reader.reading = false;
    for (let wait = pauses[i % pauses.length] ?? 0; wait > 0; wait--) await tick();
    reader.resume();
    await tick();
  }
}

describe.each(stores)("on %s", (_, open) => {
  it("every subscriber gets the same events in the same order, however it reads; the fold of them is the task", async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), { maxLength: 4 }),
        async (plan, readers) => {
          const { stream, subscribe, get, store } = await rig(() => perform([{ wait: 1 }, ...plan]), {
            store: open(),
          });
          const first = await stream("go");
          await first.count(1);
          const id = first.parsed[0]?.task?.id as string;
          const others = await Promise.all(readers.map(() => subscribe(id, 0)));
          await Promise.all([
            first.done,
            ...others.map((reader, i) => readFitfully(reader, readers[i] ?? [])),
          ]);
          expect(first.seqs).toEqual(first.events.map((_, i) => i + 1));
          for (const other of others) expect(lines(other.events)).toEqual(lines(first.events));
          const task = await get(id);
          expect(task.artifacts).toEqual(foldOf(first.parsed)?.artifacts);
          await store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("resuming anywhere is byte-identical to the journal, while the task runs and after it ended", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(100), { maxLength: 6 }), async (plan, cuts) => {
        const { stream, subscribe, store } = await rig(() => perform([...plan, { wait: 2 }, ...plan]), {
          store: open(),
        });
        const whole = await stream("go");
        await whole.count(1);
        const id = whole.parsed[0]?.task?.id as string;
        const seen: string[] = [];
        let cursor = 0;
        for (const cut of cuts) {
          const reader = await subscribe(id, cursor);
          for (let i = 0; i < 3; i++) await tick();
          reader.stream.cancel();
          const kept = reader.events.slice(0, cut);
          seen.push(...lines(kept));
          cursor += kept.length;
        }
        await whole.done;
        const rest = await subscribe(id, cursor);
        expect(await rest.done).toBe("end");
        expect([...seen, ...lines(rest.events)]).toEqual(lines(whole.events));
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it("a race of cancels, answers and the executor ends in one terminal state, stated once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("cancel", "answer", "wait"), { minLength: 2, maxLength: 8 }),
        async (moves) => {
          const { send, cancel, subscribe, get, store } = await rig(
            async function* () {
              yield inputRequired("?");
              await tick();
              yield artifact("a", "x");
            },
            { store: open() },
          );
          const { id } = await send("go");
          const racing: Promise<string>[] = [];
          for (const move of moves) {
            if (move === "wait") await tick();
            else racing.push(reasonOf(move === "cancel" ? cancel(id) : send("yes", { taskId: id })));
          }
          await Promise.all(racing);
          if (!["TASK_STATE_COMPLETED", "TASK_STATE_CANCELED"].includes((await get(id)).status.state))
            await cancel(id);
          const replay = await subscribe(id, 0);
          await replay.done;
          const ends = replay.parsed.filter((event) =>
            /COMPLETED|CANCELED|FAILED/.test(event.statusUpdate?.status.state ?? ""),
          );
          expect(ends).toHaveLength(1);
          expect(replay.parsed.at(-1)).toEqual(ends[0]);
          expect((await get(id)).status.state).toBe(ends[0]?.statusUpdate?.status.state);
          await store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("paging while tasks change or vanish shows every untouched task exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.record({ at: fc.nat(5), which: fc.nat(29), what: fc.constantFrom("answer", "remove") }), {
          maxLength: 12,
        }),
        async (pageSize, changes) => {
          const { send, list, store } = await rig(
            async function* () {
              yield inputRequired("?");
            },
            { store: open() },
          );
          const ids: string[] = [];
          for (let i = 0; i < 30; i++) ids.push((await send("x")).id);
          const touched = new Set<string>();
          const seen: string[] = [];
          let pageToken = "";
          for (let page = 0; page === 0 || pageToken; page++) {
            const { tasks, nextPageToken } = await list({ pageSize, ...(pageToken && { pageToken }) });
            seen.push(...tasks.map((task) => task.id));
            pageToken = nextPageToken;
            for (const change of changes.filter(({ at }) => at === page)) {
              const id = ids[change.which] as string;
              if (change.what === "remove") await store.journal.remove(id);
              else if (!touched.has(id)) await reasonOf(send("y", { taskId: id }));
              touched.add(id);
            }
          }
          for (const id of ids) {
            const times = seen.filter((other) => other === id).length;
            if (touched.has(id)) expect(times).toBeLessThanOrEqual(1);
            else expect(times).toBe(1);
          }
          await store.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});
