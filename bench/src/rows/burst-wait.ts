/**
 * How long others wait while one task produces 5,000 chunks without ever awaiting. The burst's bytes
 * are kept and checked afterwards, so that the load's own work does not count as waiting.
 */
import { Connection } from "../load/connection.js";
import { once } from "../load/drive.js";
import { runStream } from "../load/task-stream.js";
import {
  checkEcho,
  checkEchoTask,
  checkStatus,
  resultOf,
  rpc,
  sendMessage,
  type TaskShape,
} from "../load/wire.js";
import type { Endpoints } from "../servers/contract.js";
import type { ServerRow } from "./row.js";

const chunkBytes = 100;

async function longestWait(at: Endpoints, count: number): Promise<number> {
  const bystander = checkEcho(await once(at.jsonrpc, sendMessage(at, "jsonrpc", "bystander")), "bystander");
  const read = rpc(at, "GetTask", { id: bystander.id }).bytes;
  const asking = new Connection(at.jsonrpc);
  let running = true;
  let longest = 0;
  try {
    await asking.request(read);
    const burst = runStream(at, count, chunkBytes, () => {
      running = false;
    });
    while (running) {
      const begin = performance.now();
      const answer = await asking.request(read);
      longest = Math.max(longest, performance.now() - begin);
      checkStatus(answer);
      checkEchoTask(resultOf("jsonrpc", answer.body) as TaskShape, "bystander");
    }
    await burst;
  } finally {
    asking.close();
  }
  return longest;
}

export const burstWait: ServerRow = {
  kind: "server",
  id: "burst-wait",
  title: "another request during a synchronous burst of 5,000 chunks",
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "floor"],
  metrics: [{ id: "wait", title: "longest wait", unit: "ms", targets: [{ bound: "at most", value: 25 }] }],
  rounds: 5,
  fresh: false,
  async warmUp({ endpoints }, scale) {
    for (let runs = 0; runs < scale.of(10, 1); runs++) await longestWait(endpoints, 300);
  },
  measure: async ({ endpoints }, scale) => ({ wait: await longestWait(endpoints, scale.of(5_000, 200)) }),
};
