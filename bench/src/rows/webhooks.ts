/**
 * Deliveries of webhooks, counted per second that the server computes: a durable outbox on SQLite against a sender in
 * memory. Each task is a short stream whose events all go to an address of its own.
 */
import type { RunningAgent } from "../harness/running-agent.js";
import { drive } from "../load/drive.js";
import { Hooks } from "../load/hooks.js";
import { rpc, userMessage } from "../load/wire.js";
import type { ServerRow } from "./row.js";

const inFlight = 16;
const chunks = 20;
const chunkBytes = 100;

/** @returns how many webhooks came */
async function deliver({ endpoints }: RunningAgent, tasks: number): Promise<number> {
  const hooks = new Hooks();
  await hooks.listen();
  try {
    const whole: Promise<void>[] = [];
    const request = () => {
      const hook = hooks.open(chunks, chunkBytes);
      whole.push(hook.whole);
      const taskPushNotificationConfig = { url: hook.url };
      const configuration = { taskPushNotificationConfig };
      return rpc(endpoints, "SendMessage", {
        ...userMessage(`stream:${chunks}:${chunkBytes}`),
        configuration,
      });
    };
    await drive(endpoints.jsonrpc, { request, check: () => {} }, tasks, inFlight);
    await Promise.all(whole);
    return hooks.received;
  } finally {
    hooks.close();
  }
}

export const webhooks: ServerRow = {
  kind: "server",
  id: "webhooks",
  title: `webhooks of tasks with ${chunks} chunks, ${inFlight} tasks at a time`,
  agents: ["parley-sqlite", "sdk-webhooks"],
  metrics: [
    {
      id: "perCore",
      title: "deliveries per second of server CPU",
      unit: "/s",
      targets: [{ ratioTo: "sdk-webhooks", bound: "at least", value: 2 }],
    },
    { id: "rate", title: "deliveries per second", unit: "/s", targets: [] },
  ],
  rounds: 3,
  fresh: false,
  warmUp: async (agent, scale) => {
    await deliver(agent, scale.of(100, 4));
  },
  async measure(agent, scale) {
    const before = await agent.probe.sample();
    const begin = performance.now();
    const received = await deliver(agent, scale.of(400, 8));
    const seconds = (performance.now() - begin) / 1_000;
    const after = await agent.probe.sample();
    return {
      perCore: received / ((after.cpuMicros - before.cpuMicros) / 1e6),
      rate: received / seconds,
    };
  },
};
