/**
 * What an idle subscriber costs: SubscribeToTask streams on one task that is held. The first thousand are
 * not counted: while they come, the young generation grows to its working size.
 */
import type { RunningAgent } from "../harness/running-agent.js";
import { Connection } from "../load/connection.js";
import { sseReader } from "../load/sse.js";
import { expect, resultOf, rpc, type StreamShape, userMessage } from "../load/wire.js";
import type { ServerRow } from "./row.js";

interface OpenStream {
  readonly first: Promise<StreamShape>;
  close(): void;
}

function open({ endpoints }: RunningAgent, method: string, params: object): OpenStream {
  const connection = new Connection(endpoints.jsonrpc);
  const first = new Promise<StreamShape>((resolve, reject) => {
    const read = sseReader((data) => resolve(resultOf("jsonrpc", data) as StreamShape));
    connection
      .stream(rpc(endpoints, method, params).bytes, read)
      .then((answer) => reject(new Error(`the stream ended: ${JSON.stringify(answer)}`)), reject);
  });
  return { first, close: () => connection.close() };
}

/** Opens subscribers one after the other in small groups, each until it has its snapshot. */
async function subscribe(agent: RunningAgent, taskId: string, count: number): Promise<OpenStream[]> {
  const streams: OpenStream[] = [];
  while (streams.length < count) {
    const group = Array.from({ length: Math.min(20, count - streams.length) }, () =>
      open(agent, "SubscribeToTask", { id: taskId }),
    );
    for (const { first } of group) {
      const { task } = await first;
      expect(task?.id === taskId, "expected the task's snapshot", task);
    }
    streams.push(...group);
  }
  return streams;
}

function subscribersRow(id: string, agents: readonly string[], many: number, atMost: number): ServerRow {
  return {
    kind: "server",
    id,
    title: `idle SSE subscribers of one held task, ${many.toLocaleString("en-US")} beside 1,000`,
    agents,
    metrics: [
      { id: "rss", title: "RSS each", unit: "KB", targets: [{ bound: "at most", value: atMost }] },
      { id: "heap", title: "heap each", unit: "KB", targets: [] },
    ],
    rounds: 3,
    fresh: true,
    async warmUp() {},
    async measure(agent, scale) {
      const holding = open(agent, "SendStreamingMessage", userMessage("hold"));
      const taskId = (await holding.first).task?.id;
      expect(taskId !== undefined, "expected the task first", await holding.first);
      const there = await subscribe(agent, taskId, scale.of(1_000, 5));
      const before = await agent.probe.settled();
      const count = scale.of(many, 20);
      const more = await subscribe(agent, taskId, count);
      const after = await agent.probe.settled();
      for (const stream of [...there, ...more, holding]) stream.close();
      const kilobytesEach = (bytes: number) => bytes / count / 1_024;
      return {
        rss: kilobytesEach(after.rssBytes - before.rssBytes),
        heap: kilobytesEach(after.heapBytes - before.heapBytes),
      };
    },
  };
}

const everybody = ["parley-memory", "parley-sqlite", "sdk-memory", "floor"];
export const subscribers = subscribersRow("subscribers", everybody, 4_000, 16);
export const subscribersMany = subscribersRow(
  "subscribers-many",
  ["parley-memory", "parley-postgres"],
  10_000,
  20,
);
