/** Over gRPC: SendMessage echo with 16 in flight, and one stream read as fast as it comes. */
import { driveGrpc, GrpcConnection, measureGrpc, runGrpcStream } from "../load/grpc.js";
import type { ServerRow } from "./row.js";

const inFlight = 16;
const chunks = 5_000;
const chunkBytes = 100;

export const sendGrpc: ServerRow = {
  kind: "server",
  id: "send-grpc",
  title: `SendMessage echo, ${inFlight} in flight, gRPC`,
  agents: ["parley-memory", "sdk-memory", "floor"],
  metrics: [
    {
      id: "cpu",
      title: "server CPU per request",
      unit: "us",
      targets: [{ ratioTo: "floor", bound: "at most", value: 1.6 }],
    },
    { id: "rate", title: "throughput", unit: "req/s", targets: [] },
  ],
  rounds: 5,
  fresh: false,
  warmUp: ({ endpoints }, scale) => driveGrpc(endpoints, scale.of(8_000, 50), inFlight),
  async measure(agent, scale) {
    const cost = await measureGrpc(agent, scale.of(8_000, 100), inFlight);
    return { cpu: cost.cpuMicrosPerOp, rate: cost.opsPerSecond };
  },
};

export const streamGrpc: ServerRow = {
  kind: "server",
  id: "stream-grpc",
  title: `one stream of ${chunks} chunks x ${chunkBytes} B, gRPC`,
  agents: ["parley-memory", "parley-sqlite", "sdk-memory", "floor"],
  metrics: [
    {
      id: "rate",
      title: "throughput",
      unit: "events/s",
      targets: [{ ratioTo: "floor", bound: "at least", value: 0.6, agents: ["parley-memory"] }],
    },
  ],
  rounds: 15,
  fresh: false,
  async warmUp({ endpoints }, scale) {
    const connection = new GrpcConnection(endpoints);
    try {
      for (let runs = 0; runs < scale.of(30, 1); runs++) await runGrpcStream(connection, 500, chunkBytes);
    } finally {
      connection.close();
    }
  },
  async measure({ endpoints }, scale) {
    const connection = new GrpcConnection(endpoints);
    try {
      const count = scale.of(chunks, 200);
      const { seconds } = await runGrpcStream(connection, count, chunkBytes);
      return { rate: count / seconds };
    } finally {
      connection.close();
    }
  },
};
