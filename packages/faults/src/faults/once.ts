/** Every message is sent many times at once, to both nodes: it is executed once, and every answer is the same task. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SendMessageResponse } from "@parley/a2a/client";
import type { Fault } from "../fault.js";
import { startCluster } from "../rig/cluster.js";
import { sendRequest } from "../rig/requests.js";
import { call } from "../rig/wire.js";

const copies = 10;
const work = { lines: 2, pauseMillis: 5 };

export const once: Fault = {
  name: "one-execution",
  promise: "one execution",
  target: "1,000 messageIds × 10 concurrent sends on 2 nodes: exactly 1,000 executions",
  broken: ["takes every message for a new one"],
  async run(scene) {
    const messages = scene.size(1000, 100);
    const effects = join(await scene.folder(), "effects");
    const names = ["A", "B"];
    const { anyPort } = await startCluster(scene, { bus: "NATS", names, effects, idempotency: "messageId" });
    const wrong: string[] = [];
    let sends = 0;
    let left = messages;
    async function client(): Promise<void> {
      while (left-- > 0) {
        const request = sendRequest(work, { returnImmediately: scene.random.next() < 0.5 });
        const answers = await Promise.all(
          Array.from({ length: copies }, () => call(anyPort(), "POST", "/message:send", request)),
        );
        sends += answers.length;
        const refused = answers.find(({ status }) => status !== 200);
        if (refused) wrong.push(`a message was answered ${refused.status} ${refused.body}`);
        const ids = new Set(answers.map(({ body }) => (JSON.parse(body) as SendMessageResponse).task?.id));
        if (ids.size !== 1) wrong.push(`one message was answered with ${ids.size} tasks`);
      }
    }
    await Promise.all(Array.from({ length: 8 }, client));
    const runs = (await readFile(effects, "utf8")).trim().split("\n");
    if (new Set(runs).size !== messages)
      wrong.push(`${new Set(runs).size} messages of ${messages} were executed`);
    if (runs.length !== messages) wrong.push(`${runs.length} executions of ${messages} messages`);
    return { figures: { messages, sends, executions: runs.length }, wrong };
  },
};
