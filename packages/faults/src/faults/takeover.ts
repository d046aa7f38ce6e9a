/** One node dies and another is frozen: their tasks go on elsewhere, and what wakes up writes nothing. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { complete, journalOf, linesOf } from "../rig/journal.js";
import { Reader } from "../rig/reader.js";
import { begin } from "../rig/requests.js";

export const takeover: Fault = {
  name: "takeover",
  promise: "takeover",
  target:
    "500 running tasks, one node killed, one stopped for a minute: 0 stuck, 0 doubled effects, 0 stray writes",
  broken: ["writes without fencing"],
  async run(scene) {
    const tasks = scene.size(500, 60);
    const leaseMillis = scene.size(10_000, 2000);
    const frozenMillis = scene.size(60_000, 6000);
    // Long enough to be running still when the frozen node wakes up.
    const work = { lines: scene.size(120, 90), pauseMillis: scene.size(800, 120), effects: true };
    const effects = join(await scene.folder(), "effects");
    const cluster = await startCluster(scene, { bus: "NATS", leaseMillis, effects });
    const { nodes, truth, anyPort } = cluster;
    const ids = await Promise.all(Array.from({ length: tasks }, () => begin(anyPort(), work)));
    const patienceMillis = 2 * frozenMillis + 30_000;
    const readers = ids.map((id) => new Reader({ port: anyPort, patienceMillis }, id));
    const read = Promise.all(readers.map((reader) => reader.follow()));
    await sleep(10 * work.pauseMillis);
    await nodes[0]?.kill();
    nodes[1]?.freeze();
    scene.say("A is killed, B is stopped");
    await sleep(frozenMillis);
    nodes[1]?.thaw();
    scene.say("B goes on");
    await read;

    const wrong = readers.flatMap((reader) => reader.wrong ?? []);
    let moved = 0;
    for (const id of ids) {
      const journal = await journalOf(truth, id);
      wrong.push(...complete(id, journal, work.lines));
      if (new Set(linesOf(journal).map(({ node }) => node)).size > 1) moved++;
    }
    const { done, repeated, doubled } = effectsIn(await readFile(effects, "utf8"));
    wrong.push(...doubled.map((key) => `the effect ${key} was done again after its result was kept`));
    if (moved < tasks / 3) wrong.push(`only ${moved} tasks went from node to node`);
    if (done !== tasks * work.lines) wrong.push(`${done} effects instead of ${tasks * work.lines}`);
    return {
      figures: {
        tasks,
        "taken over": moved,
        effects: done,
        "repeated before kept": repeated,
        doubled: doubled.length,
      },
      wrong,
    };
  },
};

/** What the world outside saw: effects by their idempotency key. */
function effectsIn(text: string) {
  const done = new Map<string, number>();
  const kept = new Set<string>();
  const doubled: string[] = [];
  for (const line of text.trim().split("\n")) {
    const [what, key = ""] = line.split("\t");
    if (what === "kept") kept.add(key);
    else if (what === "done") {
      done.set(key, (done.get(key) ?? 0) + 1);
      if (kept.has(key)) doubled.push(key);
    }
  }
  const repeated = [...done.values()].filter((times) => times > 1).length - new Set(doubled).size;
  return { done: done.size, repeated, doubled };
}
