/** Nodes whose way to the store fails, freezes and loses answers, and that are taken for dead: no task is stuck or written twice. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type AgentContext, artifact, data, type Execution, working } from "../../src/agent/index.js";
import type { A2AError, StreamResponse } from "../../src/protocol/index.js";
import { Gate } from "./gate.js";
import { hub } from "./hub.js";
import { reasonOf, rig } from "./rig.js";
import { shared } from "./shared-store.js";

const pause = (millis = 0) => new Promise((resolve) => setTimeout(resolve, millis));

/** What becomes of a call while the weather is bad. */
type Fate = "done" | "failed" | "answer lost" | "late";

/** One node's way to the store. */
class Way {
  readonly #fates: readonly Fate[];
  #next = 0;
  readonly gate = new Gate();
  fine = true;

  constructor(fates: readonly Fate[]) {
    this.#fates = fates;
  }

  over<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]) => {
          const fate = this.fine ? "done" : this.#fates[this.#next++ % this.#fates.length];
          await this.gate.pass();
          if (fate === "failed") throw new Error("The store cannot be reached");
          if (fate === "late") await pause(4);
          const answer: unknown = await value.apply(target, given);
          await this.gate.pass();
          if (fate === "answer lost") throw new Error("The answer got lost");
          return answer;
        };
      },
    });
  }
}

const fates = fc.array(fc.constantFrom<Fate>("done", "done", "done", "failed", "answer lost", "late"), {
  minLength: 1,
  maxLength: 20,
});
const change = fc.record({
  what: fc.constantFrom("send", "send", "storm", "calm", "freeze", "thaw", "give up", "wait", "wait"),
  node: fc.nat(2),
});
const lines = 8;

async function* write(_: unknown, { task, signal }: AgentContext): Execution {
  const written = task.artifacts?.[0]?.parts.length ?? 0;
  if (task.status.state === "TASK_STATE_SUBMITTED") yield working();
  for (let number = written + 1; number <= lines; number++) {
    await pause(1);
    if (signal.aborted) return;
    yield artifact("lines", data({ number }), { append: number > 1 });
  }
}

const numbersIn = (events: readonly StreamResponse[]) =>
  events.flatMap(({ artifactUpdate }) => {
    const [part] = artifactUpdate?.artifact.parts ?? [];
    return part?.data === undefined ? [] : [(part.data as { number: number }).number];
  });

it("no task is stuck, and none is written twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 5, maxLength: 40 }),
      fc.tuple(fates, fates, fates),
      fc.boolean(),
      async (plan, weather, silent) => {
        const store = shared();
        const { bus, state } = hub();
        state.silent = silent;
        const ways = weather.map((fated) => new Way(fated));
        const nodes = await Promise.all(
          ways.map((way) => {
            const cluster = {
              nodes: way.over(store.nodes),
              bus: bus(),
              leaseMillis: 20,
              checkMillis: 4,
            };
            return rig(write, {
              store: { ...store, journal: way.over(store.journal) },
              resumable: true,
              cluster,
            });
          }),
        );
        let turn = 0;
        const next = () => nodes[turn++ % nodes.length] as (typeof nodes)[0];
        const follow = async (id: string): Promise<number[]> => {
          const seen: StreamResponse[] = [];
          for (let after = 0; ; ) {
            const reader = await next()
              .subscribe(id, after)
              .catch(() => undefined);
            if (reader === undefined) {
              await pause(1);
              continue;
            }
            const how: "end" | "cut" | A2AError = await reader.done;
            seen.push(...reader.parsed);
            after = reader.seqs.at(-1) ?? after;
            if (how === "end") return numbersIn(seen);
          }
        };
        const sent: Promise<unknown>[] = [];
        const followed: Promise<number[]>[] = [];
        for (const { what, node } of plan) {
          const at = nodes[node] as (typeof nodes)[0];
          const way = ways[node] as Way;
          if (what === "send") {
            const begun = at.send("x", {}, { returnImmediately: true });
            sent.push(reasonOf(begun));
            begun.then(
              ({ id }) => followed.push(follow(id)),
              () => {},
            );
          } else if (what === "storm") way.fine = false;
          else if (what === "calm") way.fine = true;
          else if (what === "freeze") way.gate.shut();
          else if (what === "thaw") way.gate.open();
          else if (what === "give up") store.kill(at.engine.cluster?.node as string);
          else await pause(5);
        }
        for (const way of ways) {
          way.fine = true;
          way.gate.open();
        }
        await Promise.all(sent);
        const seen = await Promise.all(followed);
        const { heads } = await store.journal.list({ owner: "alice", limit: 100 });
        for (const { id } of heads) await follow(id);
        for (const { id } of heads) {
          const kept = (await store.journal.read(id, 0, 1e9)) ?? [];
          const numbers = numbersIn(kept.map(({ json }) => JSON.parse(json) as StreamResponse));
          const last = kept.at(-1)?.state;
          expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
          // A store that takes nothing of a task again and again has it fail.
          if (last !== "TASK_STATE_FAILED")
            expect([last, numbers.length]).toEqual(["TASK_STATE_COMPLETED", lines]);
        }
        for (const numbers of seen) expect(numbers).toEqual(Array.from(numbers, (_, i) => i + 1));
        await Promise.all(nodes.map(({ engine }) => engine.close()));
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 100), timeout: 10_000 },
  );
}, 120_000);
