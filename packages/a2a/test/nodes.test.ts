/** Agents on several nodes as clients see them: real sockets, a real database, any node for any call. */
import { type RealServer, startNats, startPostgres } from "@parley/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../test/with-server.js";
import type { AgentRequest } from "../src/agent/index.js";
import {
  type AgentContext,
  artifact,
  defineAgent,
  type Execution,
  inputRequired,
  working,
} from "../src/agent/index.js";
import { natsBus } from "../src/buses/nats/index.js";
import { connect } from "../src/client/index.js";
import { type ServeOptions, serve } from "../src/hosts/node/index.js";
import { postgres } from "../src/postgres.js";

const effects: string[] = [];
const agent = defineAgent({
  card: { name: "Nodes", description: "Works on several nodes", version: "1" },
  resumable: true,
  async *execute({ text }: AgentRequest, context: AgentContext): Execution {
    yield working("begun");
    if (text === "ask") {
      const answer = yield inputRequired("which?");
      yield artifact("answer", answer.parts[0]?.text ?? "");
      return;
    }
    const paid = await context.once("pay", (key) => effects.push(key));
    for (let i = 0; i < 200; i++) {
      if (context.signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield artifact("x", `${i};`, { append: i > 0 && !(context.resumed && i === 0) });
    }
    yield artifact("paid", `${paid}`);
  },
});

type Client = Awaited<ReturnType<typeof connect>>;

function suite(name: string, bus: () => Pick<ServeOptions, "bus">) {
  describe(name, () => {
    const nodes: Awaited<ReturnType<typeof serve>>[] = [];
    const start = async (count: number) => {
      const schema = `nodes_${Math.random().toString(36).slice(2)}`;
      for (let i = 0; i < count; i++) {
        const store = postgres(database.url, { schema });
        nodes.push(await serve(agent, { port: 0, store, ...bus(), cluster: { leaseMillis: 2000 } }));
      }
      const clients = await Promise.all(nodes.map(({ url }) => connect(url)));
      return clients as [Client, Client, Client];
    };
    afterEach(async () => {
      await Promise.all(nodes.splice(0).map((node) => node.close()));
    });

    it("ask on one node, answer on another, read on a third", async () => {
      const [a, b, c] = await start(3);
      const { task } = (await a.sendMessage({ message: message("ask") })) as { task: { id: string } };
      const done = (await b.sendMessage({ message: { ...message("this"), taskId: task.id } })) as never;
      expect(done).toMatchObject({ task: { status: { state: "TASK_STATE_COMPLETED" } } });
      const seen = await c.getTask({ id: task.id });
      expect(seen.artifacts?.[0]?.parts).toEqual([{ text: "this" }]);
      expect(seen.history).toHaveLength(4);
    });

    it("follow on one node what runs on another, and cancel it on a third", async () => {
      const [a, b, c] = await start(3);
      const sent = await a.sendMessage({
        message: message("go"),
        configuration: { returnImmediately: true },
      });
      const { task } = sent as { task: { id: string } };
      let chunks = 0;
      let last = "";
      for await (const event of b.subscribeToTask({ id: task.id })) {
        if (event.artifactUpdate && ++chunks === 10) await c.cancelTask({ id: task.id });
        last = event.statusUpdate?.status.state ?? last;
      }
      expect(last).toBe("TASK_STATE_CANCELED");
      expect((await a.getTask({ id: task.id })).status.state).toBe("TASK_STATE_CANCELED");
    });
  });
}
const message = (text: string) => ({
  messageId: crypto.randomUUID(),
  role: "ROLE_USER" as const,
  parts: [{ text }],
});

let database: RealServer;
describeWith("postgres", "nodes on PostgreSQL", () => {
  beforeAll(async () => {
    database = await startPostgres({ fsync: false });
  });
  afterAll(() => database?.remove());
  suite("told by the database", () => ({}));
  describeWith("nats", "with NATS", () => {
    let nats: RealServer;
    beforeAll(async () => {
      nats = await startNats();
    });
    afterAll(() => nats?.remove());
    suite("told by NATS", () => ({ bus: natsBus(nats.url) }));
  });
});
