/** Nodes whose clocks are ten minutes apart: nobody's tasks are taken while it lives, and order is by number. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, Unable } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { complete, journalOf, linesOf, shown } from "../rig/journal.js";
import { Reader } from "../rig/reader.js";
import { begin } from "../rig/requests.js";

const libraries = ["x86_64", "aarch64", "arm", "i386", "riscv64"].flatMap((cpu) =>
  ["gnu", "gnueabihf"].map((abi) => `/usr/lib/${cpu}-linux-${abi}/faketime/libfaketime.so.1`),
);

const offsets: Readonly<Record<string, string>> = { A: "-5m", B: "+0", C: "+5m" };

export const clocks: Fault = {
  name: "clocks",
  promise: "clocks",
  target: "nodes 5 minutes apart, either way: 0 wrong takeovers, order by sequence",
  broken: ["keeps leases by its own clock"],
  async run(scene) {
    const library = libraries.find(existsSync);
    if (library === undefined) throw new Unable("faketime is not installed (apt-get install faketime)");
    const environment = (name: string) => ({
      LD_PRELOAD: library,
      FAKETIME: offsets[name],
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    });
    const leaseMillis = 2000;
    const shared = await scene.folder();
    const { nodes, truth, anyPort } = await startCluster(scene, {
      bus: "NATS",
      leaseMillis,
      environment,
      shared,
    });
    const tasks = scene.size(300, 60);
    // Longer than several leases.
    const work = { lines: 40, pauseMillis: scene.size(500, 200) };
    const ports = nodes.map(({ port }) => port);
    const ids = await Promise.all(
      Array.from({ length: tasks }, (_, i) => begin(ports[i % ports.length] ?? 0, work)),
    );
    const readers = ids.map((id) => new Reader({ port: anyPort, patienceMillis: 30_000 }, id));
    const read = Promise.all(readers.map((reader) => reader.follow()));
    await sleep((work.lines * work.pauseMillis) / 2);
    const before = new Map<string, number>();
    for (const id of ids) before.set(id, runsOf(linesOf(await journalOf(truth, id))));
    // Who really dies is taken over, whatever its clock said.
    await nodes[0]?.kill();
    await read;
    const wrong = readers.flatMap((reader) => reader.wrong ?? []);
    let moved = 0;
    let apart = 0;
    for (const [i, id] of ids.entries()) {
      const journal = await journalOf(truth, id);
      const lines = linesOf(journal);
      wrong.push(...complete(id, journal, work.lines), ...shown(id, journal, readers[i]?.events ?? []));
      const ofTheDead = i % nodes.length === 0;
      const runs = runsOf(lines);
      if ((before.get(id) ?? 0) > 1) wrong.push(`${id} was taken over while its node lived`);
      if (!ofTheDead && runs > 1) wrong.push(`${id} was taken over although its node never died`);
      if (runs > 1) moved++;
      apart = Math.max(apart, timeSpan(journal.map(({ data }) => data)));
    }
    if (apart < 240_000) wrong.push(`the nodes' clocks were only ${apart} ms apart`);
    return {
      figures: {
        tasks,
        "taken over from the dead": moved,
        "clocks apart": `${Math.round(apart / 60_000)} min`,
      },
      wrong,
    };
  },
};

const runsOf = (lines: readonly { run: string }[]): number => new Set(lines.map(({ run }) => run)).size;

/** How far apart the times of a task's states are. */
function timeSpan(events: readonly string[]): number {
  const times = events
    .flatMap((data) => /"timestamp":"([^"]+)"/.exec(data)?.[1] ?? [])
    .map((time) => Date.parse(time));
  return Math.max(...times) - Math.min(...times);
}
