/** SendMessage echo, 16 in flight, on each JSON binding. */
import { drive, echoWork, measure } from "../load/drive.js";
import type { Binding } from "../load/wire.js";
import type { ServerRow } from "./row.js";

const inFlight = 16;

function sendMessageRow(id: string, binding: Binding, title: string): ServerRow {
  return {
    kind: "server",
    id,
    title: `SendMessage echo, ${inFlight} in flight, ${title}`,
    agents: ["parley-memory", "sdk-memory", "floor"],
    metrics: [
      {
        id: "cpu",
        title: "server CPU per request",
        unit: "us",
        targets: [{ ratioTo: "floor", bound: "at most", value: 1.5 }],
      },
      { id: "rate", title: "throughput", unit: "req/s", targets: [] },
    ],
    rounds: 5,
    fresh: false,
    warmUp: ({ endpoints }, scale) =>
      drive(endpoints.jsonrpc, echoWork(endpoints, binding), scale.of(10_000, 50), inFlight),
    async measure(agent, scale) {
      const count = scale.of(15_000, 100);
      const cost = await measure(agent, echoWork(agent.endpoints, binding), count, inFlight);
      return { cpu: cost.cpuMicrosPerOp, rate: cost.opsPerSecond };
    },
  };
}

export const sendJsonRpc = sendMessageRow("send-jsonrpc", "jsonrpc", "JSON-RPC");
export const sendHttpJson = sendMessageRow("send-http-json", "rest", "HTTP+JSON");
