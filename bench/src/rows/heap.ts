/** What a finished echo task leaves on the heap of a memory store. */
import { drive, echoWork } from "../load/drive.js";
import type { ServerRow } from "./row.js";

export const heap: ServerRow = {
  kind: "server",
  id: "heap",
  title: "heap per completed echo task, 50,000 kept",
  agents: ["parley-memory", "sdk-memory", "floor"],
  metrics: [{ id: "heap", title: "heap", unit: "B/task", targets: [{ bound: "at most", value: 1_024 }] }],
  rounds: 3,
  fresh: true,
  warmUp: ({ endpoints }, scale) =>
    drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), scale.of(3_000, 50), 16),
  async measure({ endpoints, probe }, scale) {
    const count = scale.of(50_000, 500);
    const before = await probe.settled();
    await drive(endpoints.jsonrpc, echoWork(endpoints, "jsonrpc"), count, 16);
    const after = await probe.settled();
    return { heap: (after.heapBytes - before.heapBytes) / count };
  },
};
