/** Whatever happens to a task, and however it was cut into appends: it is the fold of its entries. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store, TaskEvent } from "../../src/ports/index.js";
import { Entry } from "../../src/ports/index.js";
import { applyEvent, type Message, type Task, type TaskState } from "../../src/protocol/index.js";
import { created, plain, readAll, time, userMessage } from "./tasks.js";

const live: readonly TaskState[] = [
  "TASK_STATE_WORKING",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
];
const ends: readonly TaskState[] = ["TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELED"];
const [id, contextId] = ["t1", "c1"];
const text = fc.string({ unit: "binary", maxLength: 300 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const status = (state: fc.Arbitrary<TaskState>) =>
  fc.tuple(state, maybe(text), fc.integer({ min: 0, max: 1e6 })).map(
    ([state, said, at]): TaskEvent => ({
      statusUpdate: {
        taskId: id,
        contextId,
        status: {
          state,
          timestamp: time(at),
          ...(said && { message: { messageId: `s${at}`, role: "ROLE_AGENT", parts: [{ text: said }] } }),
        },
      },
    }),
  );
const artifact = fc.tuple(fc.constantFrom("a", "b"), text, fc.boolean()).map(
  ([artifactId, text, append]): TaskEvent => ({
    artifactUpdate: { taskId: id, contextId, append, artifact: { artifactId, parts: [{ text }] } },
  }),
);

interface Happening {
  readonly event: TaskEvent;
  readonly message: Message | undefined;
  /** The append ends here. */
  readonly cut: boolean;
}

const happening = fc.record({
  event: fc.oneof(status(fc.constantFrom(...live)), { arbitrary: artifact, weight: 3 }),
  message: maybe(fc.integer({ min: 1, max: 9 }).map(userMessage)),
  cut: fc.boolean(),
});
const history = fc.tuple(
  fc.array(happening, { maxLength: 60, size: "max" }),
  maybe(status(fc.constantFrom(...ends))),
);

/** Only what may happen: nothing is appended to an artifact that is not there. */
function entriesOf(
  happenings: readonly Happening[],
  end: TaskEvent | undefined,
): { entry: Entry; cut: boolean }[] {
  const artifacts = new Set<string>();
  const entries = [{ entry: new Entry(1, created(id, contextId, "TASK_STATE_SUBMITTED", 1000)), cut: false }];
  for (const { event, message, cut } of happenings) {
    const update = event.artifactUpdate;
    if (update?.append && !artifacts.has(update.artifact.artifactId)) continue;
    if (update) artifacts.add(update.artifact.artifactId);
    entries.push({ entry: new Entry(entries.length + 1, event, update ? undefined : message), cut });
  }
  if (end) entries.push({ entry: new Entry(entries.length + 1, end), cut: false });
  return entries;
}

export function foldingContract(name: string, create: () => Store): void {
  describe(`${name}: folding`, () => {
    it("gives the fold of the entries at every append, and the entries as they were from any position", async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.nat(),
          fc.integer({ min: 1, max: 4000 }),
          async ([happenings, end], from, bytes) => {
            const store = create();
            await store.open();
            try {
              const all = entriesOf(happenings, end);
              let task: Task | undefined;
              let pending: Entry[] = [];
              for (const [i, { entry, cut }] of all.entries()) {
                task = applyEvent(task, entry.event, entry.message);
                pending.push(entry);
                if (!cut && i < all.length - 1) continue;
                const json = JSON.stringify(task);
                const head = {
                  id,
                  contextId,
                  owner: "o",
                  state: task.status.state,
                  statusMillis: 1000 + i,
                  seq: entry.seq,
                };
                const expected = entry.seq - pending.length;
                const snapshot = entry.event.statusUpdate ? { snapshot: () => json } : {};
                expect(
                  await store.journal.append([{ head, expected, entries: pending, ...snapshot }]),
                ).toEqual([]);
                pending = [];
                const loaded = await store.journal.load(id);
                expect(loaded?.head).toEqual(head);
                expect(JSON.parse(loaded?.json ?? "")).toEqual(JSON.parse(json));
              }
              const after = from % all.length;
              const entries = all.map(({ entry }) => entry);
              expect(plain(await readAll(store.journal, id, after, bytes))).toEqual(
                plain(entries.slice(after)),
              );
            } finally {
              await store.close();
            }
          },
        ),
        { numRuns: 50 },
      );
    });
  });
}
