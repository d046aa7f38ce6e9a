/** Keeps N requests in flight until a count is reached, checks every answer, measures. */
import type { RunningAgent } from "../harness/running-agent.js";
import type { Endpoints } from "../servers/contract.js";
import { Connection } from "./connection.js";
import {
  type Binding,
  type Call,
  checkEcho,
  checkEchoTask,
  checkStatus,
  resultOf,
  sendMessage,
  sendOldMessage,
  type TaskShape,
} from "./wire.js";

/** One kind of request: makes the i-th one, and checks what came back for it. */
export interface Work {
  request(index: number): Call;
  check(result: unknown, index: number): void;
}

export interface Cost {
  readonly cpuMicrosPerOp: number;
  readonly opsPerSecond: number;
}

/** @throws WrongAnswer at the first answer that fails its check. */
export async function drive(url: string, work: Work, count: number, inFlight: number): Promise<void> {
  let next = 0;
  const connections = Array.from({ length: Math.min(inFlight, count) }, () => new Connection(url));
  try {
    await Promise.all(
      connections.map(async (connection) => {
        while (next < count) {
          const index = next++;
          const { bytes, binding } = work.request(index);
          const answer = await connection.request(bytes);
          checkStatus(answer);
          work.check(resultOf(binding, answer.body), index);
        }
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
}

export async function measure(
  agent: RunningAgent,
  work: Work,
  count: number,
  inFlight: number,
): Promise<Cost> {
  const before = await agent.probe.sample();
  const begin = performance.now();
  await drive(agent.endpoints.jsonrpc, work, count, inFlight);
  const seconds = (performance.now() - begin) / 1_000;
  const after = await agent.probe.sample();
  return { cpuMicrosPerOp: (after.cpuMicros - before.cpuMicros) / count, opsPerSecond: count / seconds };
}

/** One request on a connection of its own. */
export async function once(url: string, { bytes, binding }: Call): Promise<unknown> {
  const connection = new Connection(url);
  try {
    const answer = await connection.request(bytes);
    checkStatus(answer);
    return resultOf(binding, answer.body);
  } finally {
    connection.close();
  }
}

/** Echo requests, each with a text of its own. `contextOf` puts tasks into contexts. */
export function echoWork(
  at: Endpoints,
  binding: Binding,
  contextOf: (index: number) => string | undefined = () => undefined,
  answered: (taskId: string, text: string) => void = () => {},
): Work {
  const textOf = (index: number) => `echo number ${index}`;
  return {
    request: (index) => sendMessage(at, binding, textOf(index), contextOf(index)),
    check: (result, index) => answered(checkEcho(result, textOf(index)).id, textOf(index)),
  };
}

/** The same from clients of 0.3. */
export function oldEchoWork(at: Endpoints): Work {
  const textOf = (index: number) => `echo number ${index}`;
  return {
    request: (index) => sendOldMessage(at, textOf(index)),
    check: (result, index) => checkEchoTask(result as TaskShape, textOf(index), "completed"),
  };
}
