/** Random doings on random nodes, some of which die: one journal per task, and everybody's view of it is the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AgentContext,
  artifact,
  type Execution,
  inputRequired,
  working,
} from "../../src/agent/index.js";
import { isTerminal } from "../../src/protocol/index.js";
import { hub } from "./hub.js";
import { type Reader, reasonOf, rig } from "./rig.js";
import { shared } from "./shared-store.js";

const pause = (millis = 0) => new Promise((resolve) => setTimeout(resolve, millis));

/** What any caller may be told: the task was faster, or the node is not the task's any more. */
const fair = ["no error", "UNSUPPORTED_OPERATION", "TASK_NOT_CANCELABLE", "UNAVAILABLE", "TASK_NOT_FOUND"];

const doing = fc.record({
  what: fc.constantFrom(
    "send",
    "stream",
    "get",
    "answer",
    "answer",
    "cancel",
    "follow",
    "follow",
    "kill",
    "wait",
  ),
  node: fc.nat(2),
  task: fc.nat(5),
});

describe.each([false, true])("nodes that share a store (resumable agents: %s)", (resumable) => {
  it("never disagree about a task", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(doing, { minLength: 5, maxLength: 40 }),
        fc.boolean(),
        async (plan, silent) => {
          const store = shared();
          const { bus, state } = hub();
          state.silent = silent;
          const effects = new Map<string, number>();
          async function* work(_: unknown, context: AgentContext): Execution {
            yield working("begun");
            await context.once("effect", (key) => void effects.set(key, (effects.get(key) ?? 0) + 1));
            for (let i = 0; i < 6; i++) {
              yield artifact("x", `${i}`, { append: i > 0 && !context.resumed });
              if (i % 3 === 0) await pause();
            }
            const answer = yield inputRequired("?");
            yield artifact("y", answer.parts[0]?.text ?? "");
          }
          const settings = () => ({ nodes: store.nodes, bus: bus(), leaseMillis: 20, checkMillis: 4 });
          const join = () => rig(work, { store, resumable, cluster: settings() });
          const nodes = [await join(), await join(), await join()];
          const told: Promise<string>[] = [];
          const dead = new Set<unknown>();
          const readers: { at: unknown; reader: Reader }[] = [];
          for (const { what, node, task } of plan) {
            const at = nodes[node] as (typeof nodes)[0];
            const { heads } = await store.journal.list({ owner: "alice", limit: 100 });
            const id = heads[task % Math.max(1, heads.length)]?.id;
            if (what === "kill") {
              store.kill(at.engine.cluster?.node as string);
              at.engine.cluster?.stop();
              dead.add(at);
              nodes[node] = await join();
            } else if (what === "send") told.push(reasonOf(at.send("x", {}, { returnImmediately: true })));
            else if (what === "stream")
              told.push(reasonOf(at.stream("x").then((reader) => readers.push({ at, reader }))));
            else if (what === "wait" || id === undefined) await pause(2);
            else if (what === "get") told.push(reasonOf(at.get(id)));
            else if (what === "cancel") told.push(reasonOf(at.cancel(id)));
            else if (what === "follow")
              told.push(reasonOf(at.subscribe(id, 0).then((reader) => readers.push({ at, reader }))));
            else told.push(reasonOf(at.send("y", { taskId: id }, { returnImmediately: true })));
          }
          const [node] = nodes as [Awaited<ReturnType<typeof join>>];
          for (const reason of await Promise.all(told)) expect(fair).toContain(reason);
          for (;;) {
            const { heads } = await store.journal.list({ owner: "alice", limit: 100 });
            const open = heads.filter((head) => !isTerminal(head.state));
            if (open.length === 0) break;
            for (const { id, state } of open)
              if (state === "TASK_STATE_INPUT_REQUIRED") await reasonOf(node.send("end", { taskId: id }));
            await pause(2);
          }
          for (const { id } of (await store.journal.list({ owner: "alice", limit: 100 })).heads) {
            const kept = (await store.journal.read(id, 0, 1e9)) ?? [];
            expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, i) => i + 1));
            expect(kept.filter((entry) => entry.state && isTerminal(entry.state))).toHaveLength(1);
            const task = JSON.stringify(await node.get(id));
            for (const each of nodes) expect(JSON.stringify(await each.get(id))).toBe(task);
            const journal = kept.map(({ json }) => json);
            for (const { reader } of readers.filter((each) => each.reader.events[0]?.json.includes(id))) {
              const seen = reader.events.map(({ json }) => json);
              expect(seen).toEqual(journal.slice(0, seen.length));
            }
          }
          // Connections of a dead node are gone; all others end.
          for (const { at, reader } of readers)
            if (!dead.has(at)) expect(["end", "cut"]).toContain(await reader.done);
          for (const { engine } of nodes) await engine.close();
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 40) },
    );
  }, 120_000);
});
