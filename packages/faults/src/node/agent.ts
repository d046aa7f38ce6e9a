/** The agent that things go wrong for. It can be begun again, and goes on after the last line that was kept. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, artifact, data, defineAgent, working } from "@parley/a2a";
import type { NodeSettings, Work } from "./settings.js";

export function faultAgent({ name: node, effects = "" }: NodeSettings): Agent {
  return defineAgent({
    card: { name: "Writer", description: "Writes line after line, whatever happens.", version: "1.0.0" },
    resumable: true,
    async *execute(request, context) {
      const { task, signal } = context;
      const work = JSON.parse(request.text) as Work;
      const run = crypto.randomUUID();
      const [written] = task.artifacts ?? [];
      if (task.status.state === "TASK_STATE_SUBMITTED") yield working();
      for (let number = (written?.parts.length ?? 0) + 1; number <= work.lines; number++) {
        if (work.pauseMillis > 0) await sleep(work.pauseMillis, undefined, { signal });
        if (work.effects) {
          const key = await context.once(`line ${number}`, (idempotencyKey) => {
            appendFileSync(effects, `done\t${idempotencyKey}\n`);
            return idempotencyKey;
          });
          appendFileSync(effects, `kept\t${key}\n`);
        }
        const line = { number, node, run, ...(work.width && { filler: ".".repeat(work.width) }) };
        yield artifact("lines", data(line), { append: number > 1, lastChunk: number === work.lines });
      }
    },
  });
}
