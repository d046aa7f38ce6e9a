/** How much later a subscriber on another node sees an event than one on the node that runs the task. */
import { RunningAgent } from "../harness/running-agent.js";
import { median } from "../harness/verdict.js";
import { Connection } from "../load/connection.js";
import { sseReader } from "../load/sse.js";
import { expect, resultOf, rpc, type StreamShape, userMessage } from "../load/wire.js";
import type { SpawningRow } from "./row.js";

const everyMs = 10;

/** When each chunk came. */
interface Watch {
  readonly at: Map<number, number>;
  readonly taskId: Promise<string>;
  readonly ended: Promise<unknown>;
  close(): void;
}

function watch({ endpoints }: RunningAgent, method: string, params: object): Watch {
  const connection = new Connection(endpoints.jsonrpc);
  const at = new Map<number, number>();
  let tell = (_id: string) => {};
  const taskId = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const read = sseReader((data) => {
    const { task, artifactUpdate } = resultOf("jsonrpc", data) as StreamShape;
    if (task?.id !== undefined) tell(task.id);
    const text = artifactUpdate?.artifact?.parts?.[0]?.text;
    if (text !== undefined) at.set(Number.parseInt(text, 10), performance.now());
  });
  const ended = connection.stream(rpc(endpoints, method, params).bytes, read);
  return { at, taskId: Promise.race([taskId, ended.then(() => "")]), ended, close: () => connection.close() };
}

async function delays(runner: RunningAgent, other: RunningAgent, count: number): Promise<number[]> {
  const here = watch(runner, "SendStreamingMessage", userMessage(`slow:${count}:${everyMs}`));
  const there = watch(other, "SubscribeToTask", { id: await here.taskId });
  await Promise.all([here.ended, there.ended]);
  here.close();
  there.close();
  const first = Math.min(...there.at.keys());
  expect(there.at.size === count - first, "expected every event from the first one on", there.at.size);
  return [...there.at].map(([index, time]) => time - (here.at.get(index) ?? Number.NaN));
}

export const acrossNodes: SpawningRow = {
  kind: "spawning",
  id: "across-nodes",
  title: "an event's way to a subscriber on another node, over PostgreSQL's NOTIFY and over NATS",
  agents: ["parley-postgres", "parley-nats"],
  metrics: [
    {
      id: "median",
      title: "p50 later than on its own node",
      unit: "ms",
      targets: [
        { bound: "at most", value: 10, agents: ["parley-postgres"] },
        { bound: "at most", value: 5, agents: ["parley-nats"] },
      ],
    },
    { id: "p99", title: "p99", unit: "ms", targets: [] },
  ],
  rounds: 3,
  async measure(spec, scale, around) {
    const database = await around.database();
    const runner = await RunningAgent.start(spec, around, database);
    try {
      const other = await RunningAgent.start(spec, around, database);
      try {
        await delays(runner, other, scale.of(100, 10));
        const seen = (await delays(runner, other, scale.of(300, 20))).sort((a, b) => a - b);
        return { median: median(seen), p99: seen[Math.floor(seen.length * 0.99)] ?? Number.NaN };
      } finally {
        await other.stop();
      }
    } finally {
      await runner.stop();
    }
  },
};
