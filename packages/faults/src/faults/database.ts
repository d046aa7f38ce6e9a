/** The database is stopped under load, and the way to it is cut and frozen: nothing is acknowledged that is not kept. */
import { setTimeout as sleep } from "node:timers/promises";
import { startProxy } from "@parley/servers";
import type { Fault } from "../fault.js";
import { auditLoad, recovered, tooSlow } from "../rig/audit.js";
import { startCluster } from "../rig/cluster.js";
import { Load } from "../rig/load.js";

const work = { lines: 20, pauseMillis: 20 };

export const database: Fault = {
  name: "database-away",
  promise: "database away",
  target:
    "PostgreSQL stopped 30 s, the way to it cut and frozen, under load: no false acknowledgement, recovers unaided",
  broken: ["acknowledges what was not committed"],
  async run(scene) {
    const awayMillis = scene.size(30_000, 3000);
    const server = await scene.postgres();
    const proxy = await startProxy(server.port);
    scene.atEnd(() => proxy.close());
    // Another way for node A, through the one that all share.
    const own = await startProxy(proxy.port);
    scene.atEnd(() => own.close());
    const database = (name: string) =>
      `postgres://postgres@127.0.0.1:${name === "A" ? own.port : proxy.port}/postgres`;
    const { truth, anyPort } = await startCluster(scene, {
      bus: "NATS",
      database,
      leaseMillis: 3000,
      // In short the database is back before anybody gives up: a broken build has something to be wrong about only then.
      ...(scene.broken !== undefined && { retryMillis: awayMillis / 3 }),
    });
    const load = new Load({
      clients: 32,
      work,
      port: anyPort,
      patienceMillis: scene.broken ? 10_000 : 90_000,
    });
    const recoveries: number[] = [];
    for (const [what, go, back] of [
      ["PostgreSQL is stopped", () => server.stop(), () => server.start()],
      ["the way is frozen", () => proxy.freeze(), () => proxy.thaw()],
      ["PostgreSQL is killed", () => server.stop("SIGKILL"), () => server.start()],
    ] as const) {
      await sleep(1000);
      scene.say(what);
      await go();
      await sleep(awayMillis);
      await back();
      recoveries.push(await recovered(load));
    }
    scene.say("one node alone is cut off");
    own.freeze();
    await sleep(scene.size(30_000, 6000));
    own.thaw();
    recoveries.push(await recovered(load));
    for (let cut = 0; cut < 10; cut++) {
      await sleep(scene.random.between(50, 400));
      proxy.cut();
    }
    recoveries.push(await recovered(load));
    await load.end();
    const { ends, wrong } = await auditLoad(load, truth);
    const slowest = Math.round(Math.max(...recoveries));
    const figures = { tasks: load.readers.length, ...ends, refused: load.refused, "back within ms": slowest };
    return { figures, wrong: [...wrong, ...tooSlow(recoveries)] };
  },
};
