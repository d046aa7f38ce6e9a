/** One stream, read as fast as it comes: events per second, and the cost of an event in long streams. */
import type { RunningAgent } from "../harness/running-agent.js";
import { runStream } from "../load/task-stream.js";
import type { ServerRow } from "./row.js";

const chunkBytes = 100;
const short = 5_000;
const long = 20_000;

export const stream: ServerRow = {
  kind: "server",
  id: "stream",
  title: `one stream of ${short} chunks x ${chunkBytes} B`,
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "floor"],
  metrics: [
    {
      id: "rate",
      title: "throughput",
      unit: "events/s",
      targets: [{ ratioTo: "floor", bound: "at least", value: 0.7, agents: ["parley-memory"] }],
    },
  ],
  rounds: 25,
  fresh: false,
  // As many events as it takes until everything is compiled; in short streams, as long ones are no end of work to some.
  async warmUp({ endpoints }, scale) {
    for (let runs = 0; runs < scale.of(200, 1); runs++) await runStream(endpoints, 500, chunkBytes);
  },
  async measure({ endpoints }, scale) {
    const count = scale.of(short, 200);
    const { seconds } = await runStream(endpoints, count, chunkBytes);
    return { rate: count / seconds };
  },
};

async function cpuPerEvent(agent: RunningAgent, count: number): Promise<number> {
  const before = await agent.probe.sample();
  await runStream(agent.endpoints, count, chunkBytes);
  const after = await agent.probe.sample();
  return (after.cpuMicros - before.cpuMicros) / count;
}

export const streamFlat: ServerRow = {
  kind: "server",
  id: "stream-flat",
  title: `cost of an event at ${long} chunks against ${short}`,
  agents: ["parley-memory", "parley-sqlite", "floor"],
  metrics: [
    {
      id: "growth",
      title: "CPU per event, long over short",
      unit: "x",
      targets: [{ bound: "at most", value: 1.2 }],
    },
    { id: "cpu", title: "server CPU per event, long", unit: "us", targets: [] },
  ],
  rounds: 5,
  fresh: false,
  async warmUp({ endpoints }, scale) {
    for (let runs = 0; runs < scale.of(10, 1); runs++)
      await runStream(endpoints, scale.of(short, 200), chunkBytes);
  },
  async measure(agent, scale) {
    const few = await cpuPerEvent(agent, scale.of(short, 200));
    const many = await cpuPerEvent(agent, scale.of(long, 800));
    return { growth: many / few, cpu: many };
  },
};
