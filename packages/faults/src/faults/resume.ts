/** Readers lose their connections all the time and go on at any node, one of which dies: they see the journal, byte by byte. */

import type { Fault } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { complete, journalOf, shown } from "../rig/journal.js";
import { Reader } from "../rig/reader.js";
import { begin } from "../rig/requests.js";

const readersPerTask = 4;
const work = { lines: 60, pauseMillis: 25 };

export const resume: Fault = {
  name: "resume",
  promise: "resume",
  target: "10,000 random disconnects, one node killed: 100 % byte-identical to the journal",
  broken: ["drops an event where it resumes"],
  async run(scene) {
    const disconnects = scene.size(10_000, 600);
    const leaseMillis = 2000;
    const { nodes, truth, anyPort } = await startCluster(scene, { bus: "NATS", leaseMillis });
    const patienceMillis = scene.broken ? 5000 : 30_000;
    const readers: Reader[] = [];
    const wrong: string[] = [];
    const made = () => readers.reduce((sum, { reconnects }) => sum + reconnects, 0);
    /** From nothing to some events: connections break before, in and between events. */
    const budget = () => scene.random.between(0, 4000);
    let killed = false;
    async function task(): Promise<void> {
      const id = await begin(anyPort(), work);
      const own = Array.from(
        { length: readersPerTask },
        () => new Reader({ port: anyPort, budget, patienceMillis }, id),
      );
      readers.push(...own);
      await Promise.all(own.map((reader) => reader.follow()));
      const journal = await journalOf(truth, id);
      wrong.push(...complete(id, journal, work.lines));
      for (const { events, wrong: why } of own) {
        wrong.push(...(why ? [why] : shown(id, journal, events)));
        if (why === undefined && events.length !== journal.length) wrong.push(`${id}: a reader saw less`);
      }
    }
    async function client(): Promise<void> {
      while (made() < disconnects && (wrong.length === 0 || !scene.broken)) {
        await task().catch((error: unknown) => {
          // A task that was being begun at the node that died.
          if (!killed) throw error;
        });
      }
    }
    const all = Promise.all(Array.from({ length: 16 }, client));
    const half = setInterval(() => {
      if (made() < disconnects / 2 || killed) return;
      killed = true;
      void nodes[1]?.kill();
      scene.say(`node B killed after ${made()} disconnects`);
    }, 10);
    await all.finally(() => clearInterval(half));
    if (!killed && !scene.broken) wrong.push("no node was killed");
    const identical = readers.filter((reader) => reader.wrong === undefined).length;
    const events = readers.reduce((sum, reader) => sum + reader.events.length, 0);
    return { figures: { disconnects: made(), streams: readers.length, whole: identical, events }, wrong };
  },
};
