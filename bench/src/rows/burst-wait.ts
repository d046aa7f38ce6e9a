/**
 * How long others wait while one task produces 5,000 chunks without ever awaiting. The burst's bytes
 * are kept and checked afterwards, so that the load's own work does not count as waiting.
 */
import { type Answer, Connection } from "../load/connection.js";
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

/**
 * A connection that asks again on a new one when it is dropped: a server that was stuck for longer than
 * its keep-alive does that. The wait goes on meanwhile.
 */
class Bystander {
  readonly #url: string;
  #connection: Connection;

  constructor(url: string) {
    this.#url = url;
    this.#connection = new Connection(url);
  }

  async ask(bytes: Buffer): Promise<Answer> {
    try {
      return await this.#connection.request(bytes);
    } catch {
      this.#connection = new Connection(this.#url);
      return await this.#connection.request(bytes);
    }
  }

  close(): void {
    this.#connection.close();
  }
}

async function longestWait(at: Endpoints, count: number): Promise<number> {
  const task = checkEcho(await once(at.jsonrpc, sendMessage(at, "jsonrpc", "bystander")), "bystander");
  const read = rpc(at, "GetTask", { id: task.id }).bytes;
  const bystander = new Bystander(at.jsonrpc);
  let running = true;
  let longest = 0;
  try {
    await bystander.ask(read);
    const burst = runStream(at, count, chunkBytes, () => {
      running = false;
    });
    while (running) {
      const begin = performance.now();
      const answer = await bystander.ask(read);
      longest = Math.max(longest, performance.now() - begin);
      checkStatus(answer);
      checkEchoTask(resultOf("jsonrpc", answer.body) as TaskShape, "bystander");
    }
    await burst;
  } finally {
    bystander.close();
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
