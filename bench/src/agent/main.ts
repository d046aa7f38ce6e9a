/** The agent under test, as a user would write it: Parley's public API and the start contract. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { artifact, createServer, defineAgent, working } from "@parley/a2a";
import { v0_3 } from "@parley/a2a/compat";
import { listen, stderrLog } from "@parley/a2a/node";
import { allowedByEnvironment, createOutgoing } from "@parley/a2a/outgoing";
import type { Bus, Store } from "@parley/a2a/ports";
import { announce, chunkText, parseCommand, startOptions } from "../servers/contract.js";
import { openGrpcPort } from "../servers/grpc-port.js";

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

const { variant, dataDir, postgres: database, nats } = startOptions();

async function store(): Promise<Store | undefined> {
  switch (variant) {
    case "memory":
      return undefined;
    case "sqlite": {
      const { sqlite } = await import("@parley/a2a/sqlite");
      return sqlite(join(dataDir, "tasks.db"));
    }
    case "postgres": {
      const { postgres } = await import("@parley/a2a/postgres");
      return postgres(database);
    }
  }
}

async function bus(): Promise<Bus | undefined> {
  if (nats === undefined) return undefined;
  const { natsBus } = await import("@parley/a2a/nats");
  return natsBus(nats);
}

const { post } = createOutgoing(allowedByEnvironment(process.env.BENCH_ALLOW_PRIVATE_WEBHOOKS));
const server = createServer(agent, {
  store: await store(),
  bus: await bus(),
  versions: [v0_3],
  post,
  log: stderrLog,
});
await server.open();
const grpc = await openGrpcPort(async () => {
  const { serveGrpc } = await import("@parley/a2a/grpc");
  return (await serveGrpc(server)).server;
});
const { url } = await listen(server.handle);
server.reachableAt(url, grpc);
announce({ jsonrpc: url, rest: url, grpc, card: `${url}/.well-known/agent-card.json` });
