/** Nodes are killed at random points of their work: nothing that was acknowledged is lost, nothing is there twice. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@parley/a2a/ports";
import { postgres } from "@parley/a2a/postgres";
import { sqlite } from "@parley/a2a/sqlite";
import { freePort } from "@parley/servers";
import type { Fault, Outcome } from "../fault.js";
import { complete, journalOf, shown } from "../rig/journal.js";
import { Load } from "../rig/load.js";
import type { Scene } from "../rig/scene.js";

const clients = 64;
const work = { lines: 20, pauseMillis: 10 };

export const crashSqlite = crash("SQLite", async (scene) => join(await scene.folder(), "tasks.db"), sqlite);
export const crashPostgres = crash("PostgreSQL", async (scene) => (await scene.postgres()).url, postgres);

function crash(
  title: string,
  place: (scene: Scene) => Promise<string>,
  open: (place: string) => Store,
): Fault {
  return {
    name: `crash-${title.toLowerCase()}`,
    promise: `accepted is durable (${title})`,
    target: "200 × kill -9 with 50 tasks in flight: 0 lost, 0 doubled",
    broken: ["acknowledges before it commits"],
    async run(scene) {
      const store = await place(scene);
      return killing(scene, store, () => open(store));
    },
  };
}

async function killing(scene: Scene, store: string, open: () => Store): Promise<Outcome> {
  const kills = scene.size(200, 6);
  const port = await freePort();
  const start = () => scene.node({ name: "A", store, port, leaseMillis: 1000 });
  let node = await start();
  const load = new Load({ clients, work, port: () => port, patienceMillis: scene.broken ? 5000 : 60_000 });
  let fewest = clients;
  for (let kill = 1; kill <= kills; kill++) {
    const enough = load.events + scene.random.between(100, 800);
    while (load.events < enough && load.working) await sleep(5);
    fewest = Math.min(fewest, load.inFlight);
    await node.kill();
    node = await start();
    if (kill % 20 === 0) scene.say(`${kill} kills, ${load.events} events seen`);
  }
  await load.end();
  await node.kill();

  const { wrong, readers } = load;
  const truth = open();
  await truth.open();
  try {
    for (const { taskId = "", events } of readers) {
      const journal = await journalOf(truth, taskId);
      wrong.push(...complete(taskId, journal, work.lines), ...shown(taskId, journal, events));
    }
  } finally {
    await truth.close();
  }
  if (fewest < 50) wrong.push(`only ${fewest} tasks were in flight at a kill`);
  const figures = { kills, "fewest in flight": fewest, tasks: readers.length, events: load.events };
  return { figures, wrong };
}
