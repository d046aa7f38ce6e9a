/** The agent that things go wrong for. It can be begun again, and goes on after the last line that was kept. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, artifact, data, defineAgent, working } from "@parley/a2a";
import type { NodeSettings, Work } from "./settings.js";

export function faultAgent({ name: node, effects = "", backendSlots = 1 }: NodeSettings): Agent {
  const backend = new Backend(backendSlots);
  return defineAgent({
    card: { name: "Writer", description: "Writes line after line, whatever happens.", version: "1.0.0" },
    resumable: true,
    async *execute(request, context) {
      const { task, signal } = context;
      const work = JSON.parse(request.text) as Work;
      const run = crypto.randomUUID();
      if (effects) appendFileSync(effects, `run\t${request.message.messageId}\n`);
      const [written] = task.artifacts ?? [];
      if (task.status.state === "TASK_STATE_SUBMITTED") yield working();
      for (let number = (written?.parts.length ?? 0) + 1; number <= work.lines; number++) {
        if (work.pauseMillis > 0) await sleep(work.pauseMillis, undefined, { signal });
        if (work.backendMillis) await backend.use(work.backendMillis);
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

/** What an agent depends on: it does so much at a time, and whoever comes then waits, however many there are. */
class Backend {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  async use(millis: number): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((turn) => this.#waiting.push(turn));
    await sleep(millis);
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
