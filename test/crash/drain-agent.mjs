// An agent that is asked to end. Arguments: the store (a database URL or a SQLite file), the port.
import { setTimeout as sleep } from "node:timers/promises";
import { artifact, defineAgent, working } from "@parley/a2a";
import { serve, stopOnSignals } from "@parley/a2a/node";
import { postgres } from "@parley/a2a/postgres";
import { sqlite } from "@parley/a2a/sqlite";

const [store, port] = process.argv.slice(2);
const steps = 20;

const agent = defineAgent({
  card: { name: "Drained", description: "Counts, and is stopped", version: "1.0.0" },
  resumable: true,
  /** Each step once, whichever process takes it: `long` tasks do not end before a deadline of seconds. */
  async *execute({ text }, context) {
    yield working("Counting");
    const pause = text.startsWith("long") ? 250 : 15;
    for (let i = 0; i < steps; i++) {
      const n = await context.once(`step ${i}`, () => i);
      const done = (context.task.artifacts?.[0]?.parts[0].text.split(";").length ?? 1) - 1;
      if (done <= n) yield artifact("steps", `${n};`, { append: done > 0, lastChunk: n === steps - 1 });
      await sleep(pause);
    }
  },
});
const serving = await serve(agent, {
  port: Number(port),
  store: store.startsWith("postgres") ? postgres(store) : sqlite(store),
  cluster: { leaseMillis: 4000 },
});
stopOnSignals(serving, Number(process.env.DRAIN_MILLIS ?? 3000));
console.log(serving.url);
