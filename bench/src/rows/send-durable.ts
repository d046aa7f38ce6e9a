/** SendMessage echo with 64 in flight, every answer on the database's disk first. */
import { drive, echoWork, measure } from "../load/drive.js";
import type { ServerRow, Target } from "./row.js";

const inFlight = 64;

function durableRow(
  id: string,
  store: string,
  agents: readonly string[],
  targets: readonly Target[],
): ServerRow {
  return {
    kind: "server",
    id,
    title: `SendMessage echo, ${inFlight} in flight, ${store}`,
    agents,
    metrics: [
      { id: "rate", title: "throughput", unit: "req/s", targets },
      { id: "cpu", title: "server CPU per request", unit: "us", targets: [] },
    ],
    rounds: 5,
    fresh: false,
    warmUp: ({ endpoints }, scale) =>
      drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), scale.of(5_000, 50), inFlight),
    async measure(agent, scale) {
      const work = echoWork(agent.endpoints, "jsonrpc");
      const cost = await measure(agent, work, scale.of(8_000, 100), inFlight);
      return { rate: cost.opsPerSecond, cpu: cost.cpuMicrosPerOp };
    },
  };
}

export const sendDurable = durableRow(
  "send-durable",
  "SQLite (FULL sync)",
  ["parley-sqlite", "sdk-memory", "sdk-sqlite"],
  [
    { ratioTo: "sdk-memory", bound: "at least", value: 2 },
    { ratioTo: "sdk-sqlite", bound: "at least", value: 8 },
  ],
);

export const sendPostgres = durableRow(
  "send-postgres",
  "PostgreSQL",
  ["parley-postgres", "sdk-postgres"],
  [{ ratioTo: "sdk-postgres", bound: "at least", value: 5 }],
);
