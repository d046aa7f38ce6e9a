/** The engine on a store that answers late and fails: order holds, everybody is answered, no task is left behind. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AgentContext,
  type AgentRequest,
  artifact,
  type Execution,
  inputRequired,
  working,
} from "../../src/agent/index.js";
import { isTerminal } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { type Reader, reasonOf, rig } from "./rig.js";
import { appending } from "./shared-store.js";
import { type Fate, unsteady } from "./unsteady-store.js";

const tick = () => new Promise((resolve) => setImmediate(resolve));
const delays = fc.array(fc.nat(4), { minLength: 1, maxLength: 12 });
const fates = fc.array(fc.constantFrom<Fate>("taken", "taken", "failed", "answer lost"), { maxLength: 12 });

/** Delays come round and round; fates happen once, then the weather is fine. */
function weatherOf(waits: readonly number[], bad: readonly Fate[] = []) {
  let d = 0;
  let f = 0;
  return {
    delay: () => waits[d++ % waits.length] as number,
    fate: () => bad[f++] ?? ("taken" as const),
    clear: () => {
      f = bad.length;
    },
  };
}

async function* work(): Execution {
  yield working("a");
  yield artifact("x", "1");
  await tick();
  yield artifact("x", "2", { append: true });
  const answer = yield inputRequired("?");
  yield artifact("x", answer.parts[0]?.text ?? "", { append: true });
}

type Doing = "get" | "subscribe" | "answer" | "cancel" | "list" | "wait";
const doings = fc.array(fc.constantFrom<Doing>("get", "subscribe", "answer", "cancel", "list", "wait"), {
  maxLength: 20,
});

describe("a store that answers late and fails", () => {
  it.each([
    ["late", fc.constant<Fate[]>([])],
    ["late and failing", fates],
  ])(
    "%s: streams are the journal, everybody is answered, every task ends",
    async (_, bad) => {
      await fc.assert(
        fc.asyncProperty(delays, bad, doings, async (waits, fated, plan) => {
          const kept = memory();
          const weather = weatherOf(waits, fated);
          const all = await rig(work, { store: unsteady(weather, kept), retryMillis: 1 });
          const { send, stream, subscribe, get, cancel, list, store, engine } = all;
          const readers: Reader[] = [];
          const reasons: Promise<string>[] = [];
          const opening = stream("go").then((reader) => readers.push(reader));
          reasons.push(reasonOf(opening));
          reasons.push(reasonOf(send("go", {}, { returnImmediately: true })));
          for (let i = 0; i < 3; i++) await tick();
          for (const doing of plan) {
            const ids = (await kept.journal.list({ owner: "alice", limit: 100 })).heads.map(({ id }) => id);
            const id = ids[reasons.length % Math.max(1, ids.length)];
            if (doing === "wait" || id === undefined) await tick();
            else if (doing === "get") reasons.push(reasonOf(get(id)));
            else if (doing === "list") reasons.push(reasonOf(list()));
            else if (doing === "cancel") reasons.push(reasonOf(cancel(id)));
            else if (doing === "answer") reasons.push(reasonOf(send("y", { taskId: id })));
            else reasons.push(reasonOf(subscribe(id, 0).then((reader) => readers.push(reader))));
          }
          // With the store well again, every task comes to an end by itself or by an answer to its question.
          const finish = async () => {
            for (;;) {
              const { heads } = await kept.journal.list({ owner: "alice", limit: 100 });
              const open = heads.filter(({ state }) => !isTerminal(state));
              if (open.length === 0) return;
              for (const { id, state } of open) {
                if (state === "TASK_STATE_INPUT_REQUIRED") await reasonOf(send("end", { taskId: id }));
              }
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
          };
          await Promise.all(reasons);
          weather.clear();
          await finish();
          const known = [
            "no error",
            "UNAVAILABLE",
            "TASK_NOT_CANCELABLE",
            "UNSUPPORTED_OPERATION",
            "TASK_NOT_FOUND",
          ];
          for (const reason of await Promise.all(reasons)) expect(known).toContain(reason);
          if (fated.length === 0) for (const reason of reasons) expect(await reason).not.toBe("UNAVAILABLE");

          for (const reader of readers) {
            const how = await reader.done;
            const id = reader.parsed[0]?.task?.id;
            if (id === undefined) continue;
            const replay = await subscribe(id, 0);
            await replay.done;
            const lines = (of: Reader) => of.events.map(({ seq, json }) => `${seq} ${json}`);
            expect(lines(replay).slice(0, reader.events.length)).toEqual(lines(reader));
            if (fated.length === 0) expect(how).toBe("end");
          }
          expect((await send("again", {}, { returnImmediately: true })).status.state).toBeDefined();
          await engine.close();
          await store.close();
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  it("closing at any moment answers everybody, and the next start leaves no task without an executor", async () => {
    await fc.assert(
      fc.asyncProperty(delays, fates, fc.nat(12), async (waits, fated, moment) => {
        const kept = memory();
        const weather = weatherOf(waits, fated);
        const { send, stream, subscribe, cancel, engine } = await rig(work, {
          store: unsteady(weather, kept),
        });
        const answers = [stream("go"), send("go"), send("go", {}, { returnImmediately: true })].map(reasonOf);
        for (let i = 0; i < moment; i++) await tick();
        const [first, second] = (await kept.journal.list({ owner: "alice", limit: 3 })).heads;
        if (first) answers.push(reasonOf(send("y", { taskId: first.id })), reasonOf(subscribe(first.id)));
        if (second) answers.push(reasonOf(cancel(second.id)), reasonOf(send("y", { taskId: second.id })));
        const closing = engine.close();
        answers.push(reasonOf(send("too late")));
        await closing;
        const known = ["no error", "UNAVAILABLE", "TASK_NOT_CANCELABLE", "UNSUPPORTED_OPERATION"];
        for (const reason of await Promise.all(answers)) expect(known).toContain(reason);

        weather.clear();
        const next = await rig(work, { store: unsteady(weather, kept) });
        expect(await kept.journal.running()).toEqual([]);
        const { id } = await next.send("again");
        expect((await next.send("y", { taskId: id })).status.state).toBe("TASK_STATE_COMPLETED");
        await next.engine.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("lets an agent that can begin again go on where it was, unless it gets no further", async () => {
    const kept = memory();
    let failures = 0;
    const journal = appending(kept.journal, (batch) => {
      const updates = batch.flatMap(({ entries }) => entries.filter(({ artifactOnly }) => artifactOnly));
      const text = updates.map(({ json }) => json).join();
      if (text.includes("poison") || (text.includes("second") && failures === 0)) {
        failures++;
        throw new Error("no space left");
      }
      return kept.journal.append(batch);
    });
    let runs = 0;
    async function* write({ text }: AgentRequest, { task }: AgentContext): Execution {
      runs++;
      if (task.artifacts === undefined) yield artifact("x", "first");
      await tick();
      yield artifact("x", text, { append: true });
    }
    const { send, get } = await rig(write, { store: { ...kept, journal }, retryMillis: 1, resumable: true });
    const ended = async (text: string) => {
      const { id } = await send(text, {}, { returnImmediately: true });
      await expect.poll(async () => isTerminal((await get(id)).status.state)).toBe(true);
      return get(id);
    };
    const good = await ended("second");
    expect([good.status.state, failures, runs]).toEqual(["TASK_STATE_COMPLETED", 1, 2]);
    expect(good.artifacts).toMatchObject([{ parts: [{ text: "firstsecond" }] }]);
    const bad = await ended("poison");
    expect([bad.status.state, failures]).toEqual(["TASK_STATE_FAILED", 5]);
    expect(bad.status.message?.parts).toEqual([{ text: "What the agent did could not be stored." }]);
  });
});
