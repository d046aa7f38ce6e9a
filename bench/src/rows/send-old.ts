/** SendMessage echo from clients of 0.3 against the same server's cost for those of 1.0. */
import { drive, echoWork, measure, oldEchoWork } from "../load/drive.js";
import type { ServerRow } from "./row.js";

const inFlight = 16;

export const sendOld: ServerRow = {
  kind: "server",
  id: "send-0.3",
  title: `message/send echo of 0.3 against SendMessage, ${inFlight} in flight, JSON-RPC`,
  agents: ["parley-memory"],
  metrics: [
    {
      id: "over",
      title: "CPU of 0.3 over that of 1.0",
      unit: "x",
      targets: [{ bound: "at most", value: 1.3 }],
    },
    { id: "cpu", title: "server CPU per request of 0.3", unit: "us", targets: [] },
  ],
  rounds: 9,
  fresh: false,
  async warmUp({ endpoints }, scale) {
    const count = scale.of(10_000, 50);
    await drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), count, inFlight);
    await drive(endpoints.jsonrpc, oldEchoWork(endpoints), count, inFlight);
  },
  async measure(agent, scale) {
    const count = scale.of(10_000, 100);
    const current = await measure(agent, echoWork(agent.endpoints, "jsonrpc"), count, inFlight);
    const old = await measure(agent, oldEchoWork(agent.endpoints), count, inFlight);
    return { over: old.cpuMicrosPerOp / current.cpuMicrosPerOp, cpu: old.cpuMicrosPerOp };
  },
};
