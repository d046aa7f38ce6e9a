/** SendMessage echo with 64 in flight on SQLite, every answer committed with FULL sync. */
import { drive, echoWork, measure } from "../load/drive.js";
import type { ServerRow } from "./row.js";

const inFlight = 64;

export const sendDurable: ServerRow = {
  kind: "server",
  id: "send-durable",
  title: `SendMessage echo, ${inFlight} in flight, SQLite (FULL sync)`,
  agents: ["parley-sqlite", "sdk-memory", "sdk-sqlite"],
  metrics: [
    {
      id: "rate",
      title: "throughput",
      unit: "req/s",
      targets: [
        { ratioTo: "sdk-memory", bound: "at least", value: 2 },
        { ratioTo: "sdk-sqlite", bound: "at least", value: 8 },
      ],
    },
    { id: "cpu", title: "server CPU per request", unit: "us", targets: [] },
  ],
  rounds: 5,
  fresh: false,
  warmUp: ({ endpoints }, scale) =>
    drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), scale.of(5_000, 50), inFlight),
  async measure(agent, scale) {
    const cost = await measure(agent, echoWork(agent.endpoints, "jsonrpc"), scale.of(8_000, 100), inFlight);
    return { rate: cost.opsPerSecond, cpu: cost.cpuMicrosPerOp };
  },
};
