/**
 * A reader that stops reading while 256 MB are produced for it: the server's memory stays put, another
 * client goes on, the reader is disconnected and later resumes at the very next event.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningAgent } from "../harness/running-agent.js";
import { Connection } from "../load/connection.js";
import { drive, echoWork } from "../load/drive.js";
import { sseReader } from "../load/sse.js";
import { ChunkSequence, runStream } from "../load/task-stream.js";
import {
  checkEcho,
  checkStatus,
  expect,
  type ListShape,
  resultOf,
  rpc,
  sendMessage,
  userMessage,
} from "../load/wire.js";
import type { Endpoints } from "../servers/contract.js";
import type { Scale, ServerRow } from "./row.js";

const chunkBytes = 16 * 1_024;
const megabyte = 2 ** 20;
const produceLimitMs = 180_000;
const contextId = "paused-reader";

/** Starts the stream and stops reading at its first chunk. */
async function startPaused(at: Endpoints, sequence: ChunkSequence, count: number) {
  const connection = new Connection(at.jsonrpc);
  const params = userMessage(`stream:${count}:${chunkBytes}`, contextId);
  const { bytes } = rpc(at, "SendStreamingMessage", params);
  let paused = () => {};
  const firstChunk = new Promise<void>((resolve) => {
    paused = resolve;
  });
  const read = sseReader((data, id) => {
    sequence.take(data, id);
    if (sequence.next > 0) paused();
  });
  const ended = connection.stream(bytes, read).then(
    () => "ended" as const,
    (error: Error) => error,
  );
  await Promise.race([firstChunk, ended]);
  connection.pause();
  return { connection, ended };
}

/** Another client: sends echoes and looks for the task among the completed ones, until it is there. */
async function watch(
  agent: RunningAgent,
  connection: Connection,
): Promise<{ peakRss: number; wait: number }> {
  const at = agent.endpoints;
  const ended = { contextId, status: "TASK_STATE_COMPLETED", pageSize: 1 };
  const begin = performance.now();
  let peakRss = 0;
  let wait = 0;
  for (;;) {
    expect(performance.now() - begin < produceLimitMs, "expected the task to end in time", {});
    const asked = performance.now();
    const echo = await connection.request(sendMessage(at, "jsonrpc", "bystander").bytes);
    wait = Math.max(wait, performance.now() - asked);
    checkStatus(echo);
    checkEcho(resultOf("jsonrpc", echo.body), "bystander");
    peakRss = Math.max(peakRss, (await agent.probe.sample()).rssBytes);
    const listed = await connection.request(rpc(at, "ListTasks", ended).bytes);
    checkStatus(listed);
    if ((resultOf("jsonrpc", listed.body) as ListShape).totalSize === 1) return { peakRss, wait };
    await sleep(20);
  }
}

/** Reads the rest of the journal from the last event taken. */
async function resume(at: Endpoints, sequence: ChunkSequence): Promise<void> {
  const { taskId, lastId } = sequence;
  expect(taskId !== undefined && lastId !== undefined, "expected a task and event ids", { taskId, lastId });
  const connection = new Connection(at.jsonrpc);
  try {
    const { bytes } = rpc(at, "SubscribeToTask", { id: taskId }, { "Last-Event-ID": lastId });
    checkStatus(
      await connection.stream(
        bytes,
        sseReader((data, id) => sequence.take(data, id)),
      ),
    );
    sequence.ended();
  } finally {
    connection.close();
  }
}

export const pausedReader: ServerRow = {
  kind: "server",
  id: "paused-reader",
  title: "paused reader while 256 MB are produced, SQLite",
  agents: ["parley-sqlite"],
  metrics: [
    { id: "rss", title: "RSS growth", unit: "MB", targets: [{ bound: "at most", value: 16 }] },
    { id: "wait", title: "longest wait of another client", unit: "ms", targets: [] },
    { id: "resume", title: "resumed at", unit: "MB/s", targets: [] },
  ],
  rounds: 3,
  fresh: true,
  /** Traffic that is read at once, for the working size that the growth is counted from. */
  async warmUp({ endpoints }, scale: Scale) {
    await drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), scale.of(2_000, 20), 16);
    await runStream(endpoints, scale.of(2_048, 20), chunkBytes);
  },
  async measure(agent, scale) {
    const count = scale.of((256 * megabyte) / chunkBytes, 2_048);
    const sequence = new ChunkSequence(count, chunkBytes);
    const before = await agent.probe.sample();
    const { connection, ended } = await startPaused(agent.endpoints, sequence, count);
    const other = new Connection(agent.endpoints.jsonrpc);
    try {
      const { peakRss, wait } = await watch(agent, other);
      connection.resume();
      const how = await ended;
      expect(how !== "ended", "expected the paused reader to be disconnected", { read: sequence.next });
      const from = sequence.next;
      const begin = performance.now();
      await resume(agent.endpoints, sequence);
      const seconds = (performance.now() - begin) / 1_000;
      return {
        rss: (peakRss - before.rssBytes) / megabyte,
        wait,
        resume: ((count - from) * chunkBytes) / megabyte / seconds,
      };
    } finally {
      connection.close();
      other.close();
    }
  },
};
