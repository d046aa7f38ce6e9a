/** Many streams of the same tasks, over every node of a cluster, show the journal: no gap, no reorder, no duplicate. */

import type { Fault, Outcome } from "../fault.js";
import { type ClusterSettings, startCluster } from "../rig/cluster.js";
import { complete, journalOf, shown } from "../rig/journal.js";
import { Reader } from "../rig/reader.js";
import { begin } from "../rig/requests.js";
import type { Scene } from "../rig/scene.js";

const streams = 20;
/** Tasks at a time. */
const wave = 25;
const lines = 12;

export const order: Fault = {
  name: "order",
  promise: "order",
  target: "1,000 tasks × 20 streams across 3 nodes: 0 gaps, reorders, duplicates",
  broken: ["streams out of order", "skips entries when it reads", "hears nothing and does not look"],
  async run(scene) {
    const tasks = scene.size(1000, 50);
    const overNats = await overBus(scene, "NATS", tasks / 2);
    const overDatabase = await overBus(scene, "the database", tasks / 2);
    return {
      figures: { tasks, streams: tasks * streams, events: overNats.events + overDatabase.events },
      wrong: [...overNats.wrong, ...overDatabase.wrong],
    };
  },
};

type Shown = Pick<Outcome, "wrong"> & { readonly events: number };

async function overBus(scene: Scene, bus: ClusterSettings["bus"], tasks: number): Promise<Shown> {
  const { nodes, truth, anyPort } = await startCluster(scene, { bus });
  const patienceMillis = scene.broken ? 2000 : 30_000;
  // What nobody tells of can only be missed by readers that are there before it is over.
  const work = { lines, pauseMillis: scene.broken ? 120 : 8 };
  const wrong: string[] = [];
  let events = 0;
  for (let begun = 0; begun < tasks && (wrong.length === 0 || !scene.broken); begun += wave) {
    const ids = await Promise.all(Array.from({ length: wave }, () => begin(anyPort(), work)));
    await Promise.all(
      ids.map(async (id) => {
        const readers = Array.from(
          { length: streams },
          () => new Reader({ port: anyPort, patienceMillis }, id),
        );
        await Promise.all(readers.map((reader) => reader.follow()));
        const journal = await journalOf(truth, id);
        wrong.push(...complete(id, journal, lines));
        for (const reader of readers) {
          events += reader.events.length;
          const stuck = reader.wrong ?? (reader.reconnects > 0 ? `${id}: a stream broke off` : undefined);
          wrong.push(...(stuck ? [stuck] : shown(id, journal, reader.events)));
          if (!stuck && reader.events.length !== journal.length) wrong.push(`${id}: a reader saw less`);
        }
      }),
    );
    if (begun % 250 === 0) scene.say(`over ${bus}: ${begun + wave} tasks, ${events} events`);
  }
  await Promise.all(nodes.map((node) => node.kill()));
  return { wrong, events };
}
