/** Loading a Task without its artifacts, in every store. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Entry, type Store, type TaskEvent, type TaskHead } from "../../src/ports/index.js";
import type { Task, TaskState } from "../../src/protocol/index.js";
import { chunk, created, moved, userMessage } from "./tasks.js";

type Step = { chunk: string } | { says: number } | { state: TaskState };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    chunk: fc.oneof(fc.string(), fc.constant('\n{"statusUpdate"\n>'), fc.constant("x".repeat(40_000))),
  }),
  fc.record({ says: fc.nat(9) }),
  fc.record({ state: fc.constantFrom<TaskState>("TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED") }),
);

export function withoutArtifactsContract(name: string, create: () => Store): void {
  describe(`${name}: a Task without its artifacts`, () => {
    it("is the Task, less its artifacts, whatever was appended in whichever parts", async () => {
      const store = create();
      await store.open();
      let tasks = 0;
      const holds = async (appends: Step[][], artifactsAtFirst: boolean, ended: boolean) => {
        const [id, contextId] = [`t${tasks}`, `c${tasks++}`];
        const first = created(id, contextId, "TASK_STATE_WORKING", 1000);
        if (artifactsAtFirst && first.task)
          first.task.artifacts = [{ artifactId: "a", parts: [{ text: "0" }] }];
        const head: TaskHead = {
          id,
          contextId,
          owner: "alice",
          state: "TASK_STATE_WORKING",
          statusMillis: 1000,
          seq: 0,
        };
        let seq = 0;
        let chunks = 0;
        const eventOf = (step: Step): TaskEvent => {
          if ("chunk" in step) return chunk(id, contextId, step.chunk, artifactsAtFirst || chunks++ > 0);
          return moved(id, contextId, "state" in step ? step.state : "TASK_STATE_WORKING", 1000);
        };
        const append = async (entries: Entry[], state: TaskState = "TASK_STATE_WORKING") => {
          const expected = seq;
          seq += entries.length;
          const to = { ...head, state, seq };
          // Ended as the engine ends it, with a snapshot at hand.
          const snapshot = state === "TASK_STATE_COMPLETED" && { snapshot: () => JSON.stringify(folded) };
          expect(await store.journal.append([{ head: to, expected, entries, ...snapshot }])).toEqual([]);
        };
        const load = async (artifacts: boolean) =>
          JSON.parse((await store.journal.load(id, { artifacts }))?.json ?? "null") as Task;
        let folded: Task | undefined;

        await append([new Entry(1, first)]);
        for (const steps of appends) {
          await append(
            steps.map((step, i) => {
              const message = "says" in step ? userMessage(step.says) : undefined;
              return new Entry(seq + i + 1, eventOf(step), message);
            }),
          );
        }
        if (ended) {
          const { status, ...rest } = await load(true);
          folded = { ...rest, status: { ...status, state: "TASK_STATE_COMPLETED" } };
          await append(
            [new Entry(seq + 1, moved(id, contextId, "TASK_STATE_COMPLETED", 1000))],
            "TASK_STATE_COMPLETED",
          );
        }
        const { artifacts, ...rest } = await load(true);
        expect(await load(false)).toEqual(rest);
        expect((await store.journal.load(id, { artifacts: false }))?.head).toEqual(
          await store.journal.head(id),
        );
        expect((await load(true)).artifacts).toEqual(artifacts);
      };
      const appends = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { maxLength: 6 });
      await fc.assert(fc.asyncProperty(appends, fc.boolean(), fc.boolean(), holds), { numRuns: 150 });
      await store.close();
    });

    it("is not there when the task is not", async () => {
      const store = create();
      await store.open();
      expect(await store.journal.load("t1", { artifacts: false })).toBeUndefined();
      await store.close();
    });
  });
}
