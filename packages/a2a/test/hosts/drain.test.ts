/** How a server ends when it is asked to: what it still does, what it refuses, and when it is over. */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { connect } from "../../src/client/index.js";
import { grpc } from "../../src/grpc.js";
import { type ServeOptions, type Serving, serve } from "../../src/hosts/node/index.js";
import {
  type AgentContext,
  type AgentRequest,
  artifact,
  defineAgent,
  inputRequired,
  type Log,
  working,
} from "../../src/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { hub } from "../engine/hub.js";
import { shared } from "../engine/shared-store.js";
import { bindings, call, Events, gate, saying, send, told } from "../spec/rig.js";

const log: Log = { error() {}, warn() {}, info() {} };
const now = { returnImmediately: true };
const servings: Serving[] = [];
afterEach(() => Promise.all(servings.splice(0).map((serving) => serving.close())));

/** Works until the gate opens. */
function gated(resumable = false) {
  const { opened, open } = gate();
  const agent = defineAgent({
    card: { name: "Gated", description: "Waits", version: "1" },
    resumable,
    async *execute({ text }: AgentRequest, context: AgentContext) {
      yield working("begun");
      if (text === "ask") yield inputRequired("which?");
      await opened;
      yield artifact("x", `${text} ${context.resumed}`);
    },
  });
  return { agent, open };
}
const online = async (agent: Parameters<typeof serve>[0], options: ServeOptions = {}) => {
  const serving = await serve(agent, { log, ...options });
  servings.push(serving);
  return serving;
};
const readiness = async (url: string) => (await fetch(`${url}/readyz`)).status;

/** grpc.health.v1: 1 is SERVING, 2 is NOT_SERVING. */
function servingStatus(address: string): Promise<number> {
  const client = new Client(address, credentials.createInsecure());
  const empty = () => Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      empty,
      (bytes) => bytes[1],
      {},
      (error, status) => {
        client.close();
        if (error) reject(error);
        else resolve(status as number);
      },
    );
  });
}

describe("while it drains", () => {
  for (const binding of bindings)
    it(`${binding}: refuses messages with advice, answers everything else, and lets tasks end`, async () => {
      const { agent, open } = gated();
      const { url, drain } = await online(agent);
      const { id } = await send(url, binding, saying("one", {}, now));
      const asking = await send(url, binding, saying("ask"));
      const blocking = send(url, binding, saying("two"));
      await expect.poll(async () => (await call(url, binding, "ListTasks")).text).toContain('"totalSize":3');
      const drained = drain(20_000);
      expect(await readiness(url)).toBe(503);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      for (const [name, request] of [
        ["SendMessage", saying("three")],
        ["SendStreamingMessage", saying("three")],
        ["SendMessage", saying("this", { taskId: asking.id })],
      ] as const) {
        const refused = await call(url, binding, name, request);
        expect([refused.status, refused.error?.reason]).toEqual([503, "UNAVAILABLE"]);
        expect(refused.headers.get("retry-after")).toBe("1");
      }
      const read = await call(url, binding, "GetTask", { id });
      expect(read.text).toContain("TASK_STATE_WORKING");
      expect(read.headers.get("connection")).toBe("close");
      const events = await Events.open(url, binding, "SubscribeToTask", { id });
      open();
      expect((await events.rest()).map(told).at(-1)).toBe("TASK_STATE_COMPLETED");
      expect((await blocking).status.state).toBe("TASK_STATE_COMPLETED");
      await drained;
      await expect(fetch(url)).rejects.toThrow();
    });

  it("goes on for a while after it has said that it will not, if told to", async () => {
    const { agent, open } = gated();
    const { url, drain } = await online(agent);
    const drained = drain(20_000, 1000);
    expect(await readiness(url)).toBe(503);
    const { id } = await send(url, "JSONRPC", saying("one", {}, now));
    const refusal = async () =>
      (await call(url, "JSONRPC", "SendMessage", saying("two", {}, now))).error?.reason;
    await expect.poll(refusal, { timeout: 5000 }).toBe("UNAVAILABLE");
    expect((await call(url, "JSONRPC", "GetTask", { id })).text).toContain("TASK_STATE_WORKING");
    open();
    await drained;
    await expect(fetch(url)).rejects.toThrow();
  });

  it("gRPC: refuses messages with UNAVAILABLE and advice, and still answers", async () => {
    const { agent, open } = gated();
    const { url, drain, grpc: port } = await online(agent, { grpc: { health: true } });
    const client = await connect(url, { transports: [grpc()], bindings: ["GRPC"] });
    const message = (text: string) => ({ message: saying(text).message as never, configuration: now });
    const { task } = (await client.sendMessage(message("one"))) as { task: { id: string } };
    const drained = drain(20_000);
    expect(await servingStatus(port?.address ?? "")).toBe(2);
    const refused = await client.sendMessage(message("two")).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "UNAVAILABLE", retryAfter: 1 });
    expect((await client.getTask({ id: task.id })).status.state).toBe("TASK_STATE_WORKING");
    open();
    await drained;
    client.close();
  });

  it("does not wait for connections that are kept alive, nor for tasks that wait for their client", async () => {
    const { agent } = gated();
    const { url, drain } = await online(agent);
    await send(url, "JSONRPC", saying("ask"));
    const keeping = new HttpAgent({ keepAlive: true });
    await new Promise((resolve) =>
      httpRequest(`${url}/healthz`, { agent: keeping }, (response) =>
        response.resume().on("end", resolve),
      ).end(),
    );
    await drain(600_000);
    keeping.destroy();
  });
});

describe("at the deadline", () => {
  it("ends the tasks of agents that cannot begin again, and whoever waits is told", async () => {
    const { agent } = gated();
    const { url, drain } = await online(agent);
    const waiting = send(url, "JSONRPC", saying("one"));
    const events = await Events.open(url, "JSONRPC", "SendStreamingMessage", saying("two"));
    await events.next();
    await expect.poll(async () => (await call(url, "JSONRPC", "ListTasks")).text).toContain('"totalSize":2');
    await drain(300);
    expect((await waiting).status).toMatchObject({
      state: "TASK_STATE_FAILED",
      message: { parts: [{ text: "The agent was stopped before the task ended." }] },
    });
    expect((await events.rest()).map(told).at(-1)).toBe("TASK_STATE_FAILED");
  });

  it("leaves resumable tasks to the next start; a blocking send gets the task as it is", async () => {
    const store = memory();
    const first = gated(true);
    const { url, drain } = await online(first.agent, { store });
    const waiting = send(url, "HTTP+JSON", saying("one"));
    await expect.poll(async () => (await call(url, "JSONRPC", "ListTasks")).text).toContain("begun");
    await drain(300);
    const { id, status } = await waiting;
    expect(status.state).toBe("TASK_STATE_WORKING");
    const second = gated(true);
    second.open();
    const next = await online(second.agent, { store });
    const ended = async () => (await call(next.url, "JSONRPC", "GetTask", { id })).text;
    await expect.poll(ended).toContain("one true");
    expect(await ended()).toContain("TASK_STATE_COMPLETED");
  });

  it("is over although the store takes nothing any more, and tells who waits", async () => {
    const store = memory();
    const { agent } = gated();
    const { url, drain } = await online(agent, { store });
    const { append } = store.journal;
    const waiting = call(url, "JSONRPC", "SendMessage", saying("one"));
    await expect.poll(async () => (await call(url, "JSONRPC", "ListTasks")).text).toContain("begun");
    store.journal.append = () => new Promise(() => {});
    await drain(900);
    store.journal.append = append;
    expect((await waiting).error?.reason).toBe("UNAVAILABLE");
    await expect(fetch(url)).rejects.toThrow();
  });

  it("is over although the store does not close", async () => {
    const store = { ...memory(), close: () => new Promise<void>(() => {}) };
    const { url, drain } = await online(gated().agent, { store });
    await drain(900);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe("of several nodes, one that drains", () => {
  const nodes = async (resumable: boolean) => {
    const store = shared();
    const { bus } = hub();
    const made = gated(resumable);
    const options = () => ({
      store: { ...store, close() {} },
      bus: bus(),
      cluster: { leaseMillis: 40, checkMillis: 5 },
      grpc: {},
    });
    const a = await online(made.agent, options());
    const b = await online(made.agent, options());
    return { ...made, a, b };
  };

  it("sends readers to the others, which show the rest of what runs here", async () => {
    const { a, b, open } = await nodes(false);
    const { id } = await send(a.url, "JSONRPC", saying("one", {}, now));
    const events = await Events.open(a.url, "JSONRPC", "SubscribeToTask", { id });
    await events.next();
    const drained = a.drain(20_000);
    await expect(events.rest()).rejects.toThrow();
    const refused = await call(a.url, "JSONRPC", "SubscribeToTask", { id });
    expect([refused.status, refused.error?.reason]).toEqual([503, "UNAVAILABLE"]);
    const elsewhere = await Events.open(b.url, "JSONRPC", "SubscribeToTask", { id });
    open();
    expect((await elsewhere.rest()).map(told).at(-1)).toBe("TASK_STATE_COMPLETED");
    await drained;
  });

  it("sends gRPC clients away, and still answers who waits", async () => {
    const { a, b, open } = await nodes(false);
    const options = { transports: [grpc()], bindings: ["GRPC"], retries: 0 } as const;
    const client = await connect(a.url, options);
    const blocking = client.sendMessage({ message: saying("one").message as never });
    await expect.poll(async () => (await call(b.url, "JSONRPC", "ListTasks")).text).toContain("WORKING");
    const drained = a.drain(20_000);
    const late = await connect(a.url, options);
    await expect(late.listTasks({})).rejects.toThrow();
    expect((await call(a.url, "JSONRPC", "ListTasks")).text).toContain("WORKING");
    open();
    expect((await blocking).task?.status.state).toBe("TASK_STATE_COMPLETED");
    await drained;
    client.close();
    late.close();
  });

  it("hands resumable tasks over", async () => {
    const { a, b, open } = await nodes(true);
    const { id } = await send(a.url, "JSONRPC", saying("one", {}, now));
    await a.drain(300);
    open();
    const ended = async () => (await call(b.url, "JSONRPC", "GetTask", { id })).text;
    await expect.poll(ended).toContain("TASK_STATE_COMPLETED");
    expect(await ended()).toContain("one true");
  });

  it("hands them over in the middle of what they write", async () => {
    const store = shared();
    const { bus } = hub();
    const over = gate();
    let done = false;
    void over.opened.then(() => {
      done = true;
    });
    const agent = defineAgent({
      card: { name: "Busy", description: "Writes all the time", version: "1" },
      resumable: true,
      async *execute(_: AgentRequest, { resumed }: AgentContext) {
        for (let i = 0; !done; i++) {
          yield artifact(`${resumed}`, "x", { append: i > 0 });
          if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
    });
    const start = () =>
      online(agent, {
        store: { ...store, close() {} },
        bus: bus(),
        cluster: { leaseMillis: 40, checkMillis: 5 },
      });
    const a = await start();
    const b = await start();
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) ids.push((await send(a.url, "JSONRPC", saying("go", {}, now))).id);
    await a.drain(200);
    for (const id of ids)
      await expect
        .poll(async () => (await call(b.url, "JSONRPC", "GetTask", { id })).text)
        .toContain('"artifactId":"true"');
    over.open();
    for (const id of ids)
      await expect
        .poll(async () => (await call(b.url, "JSONRPC", "GetTask", { id })).text)
        .toContain("TASK_STATE_COMPLETED");
  });
});
