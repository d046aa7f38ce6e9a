/** The agent under test, as a user would write it: Parley's public API and the start contract. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { artifact, defineAgent, working } from "@parley/a2a";
import { serve } from "@parley/a2a/node";
import { allowedByEnvironment, createOutgoing } from "@parley/a2a/outgoing";
import type { Store } from "@parley/a2a/ports";
import { announce, chunkText, parseCommand, startOptions } from "../servers/contract.js";

const agent = defineAgent({
  card: { name: "Bench agent", description: "Answers by the text of the message", version: "1.0.0" },
  reply: ({ text }) => (parseCommand(text).kind === "message" ? text : undefined),
  async *execute({ text }, context) {
    const command = parseCommand(text);
    yield working();
    if (command.kind === "chunks") {
      const { count, bytes, everyMs } = command;
      for (let index = 0; index < count; index++) {
        if (everyMs > 0) await sleep(everyMs, undefined, { signal: context.signal });
        const options = { append: index > 0, lastChunk: index === count - 1 };
        yield artifact("chunks", chunkText(index, bytes), options);
      }
    } else if (command.kind === "hold") {
      const { signal } = context;
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    } else {
      yield artifact("echo", text);
    }
  },
});

async function store(): Promise<Store | undefined> {
  const { variant, dataDir } = startOptions();
  if (variant === "memory") return undefined;
  const { sqlite } = await import("@parley/a2a/sqlite");
  return sqlite(join(dataDir, "tasks.db"));
}

const outgoing = createOutgoing(allowedByEnvironment(process.env.BENCH_ALLOW_PRIVATE_WEBHOOKS));
const { url } = await serve(agent, { store: await store(), post: outgoing.post });
announce({ jsonrpc: url, rest: url, card: `${url}/.well-known/agent-card.json` });
