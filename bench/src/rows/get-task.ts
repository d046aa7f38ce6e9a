/** GetTask of finished echo tasks, 16 in flight. */
import type { RunningAgent } from "../harness/running-agent.js";
import { drive, echoWork, measure, type Work } from "../load/drive.js";
import { checkEchoTask, rpc, type TaskShape } from "../load/wire.js";
import type { ServerRow } from "./row.js";

const inFlight = 16;
const taskCount = 500;
const made = new WeakMap<RunningAgent, Work>();

/** Makes the tasks and gives the work of reading them, round and round. */
async function reads({ endpoints }: RunningAgent): Promise<Work> {
  const tasks: { id: string; text: string }[] = [];
  const echoes = echoWork(
    endpoints,
    "jsonrpc",
    () => undefined,
    (id, text) => tasks.push({ id, text }),
  );
  await drive(endpoints.jsonrpc, echoes, taskCount, inFlight);
  const at = (index: number) => tasks[index % tasks.length]!;
  return {
    request: (index) => rpc(endpoints, "GetTask", { id: at(index).id }),
    check: (result, index) => checkEchoTask(result as TaskShape, at(index).text),
  };
}

export const getTask: ServerRow = {
  kind: "server",
  id: "get-task",
  title: `GetTask, ${inFlight} in flight, JSON-RPC`,
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "sdk-sqlite", "floor"],
  metrics: [
    {
      id: "cpu",
      title: "server CPU per request",
      unit: "us",
      targets: [{ ratioTo: "floor", bound: "at most", value: 1.3, agents: ["parley-memory"] }],
    },
    { id: "rate", title: "throughput", unit: "req/s", targets: [] },
  ],
  rounds: 5,
  fresh: false,
  async warmUp(agent, scale) {
    const work = await reads(agent);
    made.set(agent, work);
    await drive(agent.endpoints.jsonrpc, work, scale.of(10_000, 50), inFlight);
  },
  async measure(agent, scale) {
    const cost = await measure(agent, made.get(agent)!, scale.of(15_000, 100), inFlight);
    return { cpu: cost.cpuMicrosPerOp, rate: cost.opsPerSecond };
  },
};
