/** The database is stopped under load, and the way to it is cut and frozen: nothing is acknowledged that is not kept. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@parley/a2a/ports";
import { startProxy } from "@parley/servers";
import type { Fault, Outcome } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { endedOnce, journalOf, linesOf, shown } from "../rig/journal.js";
import { Load } from "../rig/load.js";
import { stateOf } from "../rig/reader.js";

const work = { lines: 20, pauseMillis: 20 };

export const database: Fault = {
  name: "database-away",
  promise: "database away",
  target:
    "PostgreSQL stopped 30 s, the way to it cut and frozen, under load: no false acknowledgement, recovers unaided",
  broken: ["acknowledges what was not committed"],
  async run(scene) {
    const awayMillis = scene.size(30_000, 4000);
    const server = await scene.postgres();
    const proxy = await startProxy(server.port);
    scene.atEnd(() => proxy.close());
    const url = `postgres://postgres@127.0.0.1:${proxy.port}/postgres`;
    const { truth, anyPort } = await startCluster(scene, { bus: "NATS", database: url, leaseMillis: 3000 });
    const load = new Load({
      clients: 32,
      work,
      port: anyPort,
      patienceMillis: scene.broken ? 10_000 : 60_000,
    });
    const recoveries: number[] = [];
    await sleep(2000);
    for (const [what, go, back] of [
      ["PostgreSQL is stopped", () => server.stop(), () => server.start()],
      ["the way is frozen", () => proxy.freeze(), () => proxy.thaw()],
      ["PostgreSQL is killed", () => server.stop("SIGKILL"), () => server.start()],
    ] as const) {
      scene.say(what);
      await go();
      await sleep(awayMillis);
      await back();
      recoveries.push(await recovered(load));
    }
    for (let cut = 0; cut < 10; cut++) {
      proxy.cut();
      await sleep(scene.random.between(50, 400));
    }
    recoveries.push(await recovered(load));
    await load.end();
    return audit(load, truth, Math.max(...recoveries));
  },
};

async function audit({ readers, refused, wrong }: Load, truth: Store, slowest: number): Promise<Outcome> {
  const ends = { completed: 0, failed: 0 };
  for (const { taskId = "", events } of readers) {
    const journal = await journalOf(truth, taskId);
    wrong.push(...endedOnce(taskId, journal), ...shown(taskId, journal, events));
    const state = stateOf(journal.at(-1)?.data ?? "{}");
    ends[state === "TASK_STATE_COMPLETED" ? "completed" : "failed"]++;
    const lines = linesOf(journal).map(({ number }) => number);
    if (lines.some((number, i) => number !== i + 1)) wrong.push(`${taskId}: its lines are ${lines}`);
  }
  if (slowest > recoveryLimit) wrong.push(`the nodes took ${Math.round(slowest)} ms to come back`);
  const figures = { tasks: readers.length, ...ends, refused, "recovered within ms": Math.round(slowest) };
  return { figures, wrong };
}

const recoveryLimit = 15_000;

/** How long until a message is taken again. */
async function recovered(load: Load): Promise<number> {
  const from = performance.now();
  while (load.begunAt < from && load.working && performance.now() - from < 2 * recoveryLimit) await sleep(10);
  const took = performance.now() - from;
  await sleep(1000);
  return took;
}
