/** The client over gRPC against the real server, with networks that break. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { apiKeys } from "../../src/auth/index.js";
import {
  A2AError,
  apiKey,
  connect,
  memoryCardCache,
  TransportError,
  textOf,
} from "../../src/client/index.js";
import { type GrpcCertificates, grpc, serveGrpc } from "../../src/grpc.js";
import { serve } from "../../src/hosts/node/index.js";
import {
  artifact,
  completed,
  createServer as createAgentServer,
  defineAgent,
  inputRequired,
  text,
  working,
} from "../../src/index.js";
import type { AgentCard } from "../../src/protocol/index.js";
import { breakingProxy } from "./breaking-proxy.js";
import { collect } from "./wire-server.js";

const agent = defineAgent({
  card: {
    name: "Counter",
    description: "Counts",
    version: "1",
    defaultInputModes: ["text/plain", "application/json"],
    skills: [{ id: "count", name: "Count", description: "Counts", tags: ["count"] }],
  },
  async *execute(request, context) {
    if (request.text === "hold") {
      yield working("holding");
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      return;
    }
    if (request.text === "ask")
      yield artifact("answer", [text(`Hello ${textOf(yield inputRequired("Who?"))}`)]);
    const bulk = request.text.startsWith("bulk");
    const count = Number(/\d+/.exec(request.text)?.[0] ?? 0);
    for (let i = 0; i < count; i++) {
      yield artifact("numbers", `${i} ${bulk ? " ".repeat(4_000) : ""}`, { append: i > 0 });
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return completed("done");
  },
  reply: (request) => (request.text === "ping" ? "pong" : undefined),
});

const fixture = (name: string) => fileURLToPath(new URL(`../hosts/fixtures/${name}`, import.meta.url));

const options = () => ({ transports: [grpc()], bindings: ["GRPC"] as const, cardCache: memoryCardCache() });

async function online() {
  const serving = await serve(agent, { port: 0, grpc: { port: 0 } });
  const client = await connect(serving.url, options());
  return {
    serving,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await serving.close();
    },
  };
}

async function sampleCard(): Promise<AgentCard> {
  await using serving = await serve(agent, { port: 0 });
  return serving.card;
}

const cardAt = (card: AgentCard, url: string): AgentCard => ({
  ...card,
  supportedInterfaces: [{ url, protocolBinding: "GRPC", protocolVersion: "1.0" }],
});

describe("over gRPC", () => {
  test("the card says where, and the client goes there", async () => {
    await using a = await online();
    expect(a.client.interface).toEqual({
      url: `localhost:${a.serving.grpc?.port}`,
      protocolBinding: "GRPC",
      protocolVersion: "1.0",
    });
    const plain = await connect(a.serving.url, { cardCache: memoryCardCache() });
    expect(plain.interface.protocolBinding).toBe("JSONRPC");
    await using without = await serve(agent, { port: 0 });
    expect(without.card.supportedInterfaces.map((each) => each.protocolBinding)).toEqual([
      "JSONRPC",
      "HTTP+JSON",
    ]);
  });

  test("sends, gets, lists, cancels", async () => {
    await using a = await online();
    const { client } = a;
    expect(await client.ask("count 3")).toBe("0 1 2 ");
    expect(await client.ask("ping")).toBe("pong");
    const { task } = await client.sendMessage("hold", { configuration: { returnImmediately: true } });
    const id = task?.id ?? "";
    expect(await client.getTask({ id })).toMatchObject({ id });
    expect(await client.cancelTask({ id })).toMatchObject({ status: { state: "TASK_STATE_CANCELED" } });
    await expect(client.cancelTask({ id })).rejects.toMatchObject({ reason: "TASK_NOT_CANCELABLE" });
    await expect(client.getTask({ id: "nobody" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
    const tasks = await collect(client.listAllTasks({ pageSize: 1 }));
    expect(tasks.map(({ status }) => status.state)).toEqual(["TASK_STATE_CANCELED", "TASK_STATE_COMPLETED"]);
  });

  test("what one binding made, the others see alike", async () => {
    await using a = await online();
    const json = await connect(a.serving.url, { bindings: ["JSONRPC"], cardCache: memoryCardCache() });
    const data = { rows: [1, null, { ok: true }], none: null };
    const sent = await a.client.sendMessage([
      { text: "count 2" },
      { data },
      { data: null },
      { raw: "AAEC", filename: "b" },
    ]);
    const id = sent.task?.id ?? "";
    expect(await json.getTask({ id })).toEqual(await a.client.getTask({ id }));
    expect((await json.getTask({ id })).history?.[0]?.parts.slice(1)).toEqual([
      { data },
      { data: null },
      { raw: "AAEC", filename: "b" },
    ]);
  });

  test("invalid requests come back with the field named", async () => {
    await using a = await online();
    await expect(a.client.listTasks({ pageSize: 101 })).rejects.toMatchObject({
      reason: "INVALID_PARAMS",
      violations: [{ field: "pageSize" }],
    });
  });

  test("streams, asks back and goes on with the same task", async () => {
    await using a = await online();
    const first = await collect(a.client.sendStreamingMessage("ask"));
    const { id: taskId } = first[0]?.task ?? { id: "" };
    expect(first.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    const second = await collect(a.client.sendStreamingMessage("World", { taskId }));
    expect(second.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
    expect(second.map(textOf).join("")).toContain("Hello World");
    expect(await collect(a.client.sendStreamingMessage("ping"))).toMatchObject([
      { message: { parts: [{ text: "pong" }] } },
    ]);
  });

  test("follows a task by subscribing, from the beginning or from a number", async () => {
    await using a = await online();
    const sent = a.client.sendStreamingMessage("hold");
    const { value: first } = await sent.next();
    const { id } = first?.task ?? { id: "" };
    await sent.next();
    const cursor = sent.lastEventId;
    expect(cursor).toBe("2");
    const subscribed = a.client.subscribeToTask({ id });
    expect((await subscribed.next()).value).toMatchObject({ task: { id } });
    const quiet = collect(a.client.subscribeToTask({ id }, { lastEventId: cursor }));
    await a.client.cancelTask({ id });
    expect((await collect(subscribed)).at(-1)).toMatchObject({
      statusUpdate: { status: { state: "TASK_STATE_CANCELED" } },
    });
    expect(await quiet).toHaveLength(1);
    expect(await collect(a.client.subscribeToTask({ id }, { lastEventId: cursor }))).toHaveLength(1);
    await expect(collect(a.client.subscribeToTask({ id }))).rejects.toMatchObject({
      reason: "UNSUPPORTED_OPERATION",
    });
    await expect(collect(a.client.subscribeToTask({ id }, { lastEventId: "99" }))).rejects.toMatchObject({
      violations: [{ field: "Last-Event-ID" }],
    });
  });

  test("push configurations are made, read, listed and deleted", async () => {
    await using a = await online();
    const { client } = a;
    const { task } = await client.sendMessage("count 1");
    const taskId = task?.id ?? "";
    const config = await client.createTaskPushNotificationConfig({
      taskId,
      id: "c/1",
      url: "https://hook.example/",
    });
    expect(await client.getTaskPushNotificationConfig({ taskId, id: "c/1" })).toEqual(config);
    expect((await client.listTaskPushNotificationConfigs({ taskId })).configs).toEqual([config]);
    await client.deleteTaskPushNotificationConfig({ taskId, id: "c/1" });
    await expect(client.getTaskPushNotificationConfig({ taskId, id: "c/1" })).rejects.toMatchObject({
      reason: "TASK_NOT_FOUND",
    });
  });

  test.each([1_500, 3_333, 9_999])("a network that breaks every %i bytes is not noticed", async (bytes) => {
    await using a = await online();
    await using proxy = await breakingProxy(a.serving.grpc?.port ?? 0, bytes, 3);
    const client = await connect(cardAt(a.serving.card, `localhost:${proxy.port}`), options());
    const events = await collect(client.sendStreamingMessage("count 300"));
    expect(proxy.left()).toBe(0);
    const uncut = await collect(a.client.sendStreamingMessage("count 300"));
    expect(events.map(textOf)).toEqual(uncut.map(textOf));
    expect(await a.client.listTasks()).toMatchObject({ totalSize: 2 });
    client.close();
  });

  test("a reader that pauses too long is disconnected, and misses nothing", async () => {
    let cuts = 0;
    const limits = { slowReaderMillis: 50 };
    await using serving = await serve(agent, { port: 0, grpc: {}, limits });
    const client = await connect(serving.url, {
      ...options(),
      onRequest: ({ url }) => {
        if (url.endsWith("/SubscribeToTask")) cuts++;
      },
    });
    const stream = client.sendStreamingMessage("bulk 1500");
    const texts: string[] = [];
    for await (const event of stream) {
      texts.push(textOf(event).trim());
      if (texts.length === 3) await new Promise((resolve) => setTimeout(resolve, 800));
    }
    const numbers = texts.filter((each) => /^\d+$/.test(each)).map(Number);
    expect(numbers).toEqual(Array.from({ length: 1500 }, (_, i) => i));
    expect(cuts).toBeGreaterThan(0);
    client.close();
  });

  test("says what failed when there is no answer", async () => {
    await using a = await online();
    const nobody = await connect(cardAt(a.serving.card, "localhost:1"), { ...options(), retries: 0 });
    const refused = await nobody.listTasks().catch((error) => error);
    expect(refused).toBeInstanceOf(TransportError);
    expect(refused).toMatchObject({ kind: "network", message: "connection refused at http://localhost:1" });
    nobody.close();
    const late = await a.client.sendMessage("hold", { timeoutMs: 100 }).catch((error) => error);
    expect(late).toMatchObject({ kind: "timeout" });
    const reason = new Error("enough");
    await expect(a.client.sendMessage("hold", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const leaving = new AbortController();
    const stream = a.client.sendStreamingMessage("hold", { signal: leaving.signal });
    await stream.next();
    leaving.abort(reason);
    await expect(collect(stream)).rejects.toBe(reason);
  });

  test("certificates of both sides are asked for and checked", async () => {
    const [cert, key] = ["cert", "key"].map((name) => fixture(`${name}.pem`)) as [string, string];
    const tls = { cert: readFileSync(cert), key, clientCa: cert };
    await using serving = await serve(agent, { port: 0, grpc: { tls } });
    const at = (url: string, certificates: GrpcCertificates | boolean) =>
      connect(cardAt(serving.card, url), { transports: [grpc({ tls: certificates })], retries: 0 });
    const address = serving.grpc?.address ?? "";
    const known = await at(address, { ca: readFileSync(cert, "utf8"), cert, key });
    expect(await known.ask("ping")).toBe("pong");
    expect(address).toBe(`https://localhost:${serving.grpc?.port}`);
    const implied = await connect(cardAt(serving.card, `${address}/a2a`), {
      transports: [grpc({ tls: { ca: cert, cert, key } })],
    });
    expect(await implied.ask("ping")).toBe("pong");
    for (const stranger of [
      await at(address, { ca: cert }),
      await at(address, true),
      await at(address, false),
    ]) {
      await expect(stranger.ask("ping")).rejects.toMatchObject({ name: "TransportError", kind: "network" });
      stranger.close();
    }
    known.close();
    implied.close();
  });

  test("who may call is decided as over HTTP", async () => {
    const authenticator = apiKeys({ k1: "ann" }, { in: "query", name: "key" });
    const extendedCard: AgentCard = {
      ...(await sampleCard()),
      securitySchemes: { k: { mtlsSecurityScheme: { description: "Certificates" } } },
      securityRequirements: [{ schemes: { k: { list: ["a", "b"] } } }],
    };
    await using serving = await serve(agent, { port: 0, authenticator, extendedCard, grpc: {} });
    const stranger = await connect(serving.url, options());
    await expect(stranger.ask("ping")).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
      challenge: expect.stringContaining("ApiKey"),
    });
    const ann = await connect(serving.url, { ...options(), auth: apiKey("k1") });
    expect(await ann.ask("ping")).toBe("pong");
    expect(await ann.getExtendedAgentCard()).toEqual(extendedCard);
    for (const client of [stranger, ann]) client.close();
  });

  test.each([
    ["cancels", (leaving: AbortController) => ({ signal: leaving.signal })],
    ["lets its deadline pass", () => ({ timeoutMs: 150 })],
  ])("a caller that waits and %s cancels the task it made, and nobody else's", async (_, call) => {
    await using a = await online();
    const { client } = a;
    const leaving = new AbortController();
    const kept = await client.sendMessage("hold", { configuration: { returnImmediately: true } });
    const turn = await client.sendMessage("ask");
    const streaming = client.sendStreamingMessage("hold");
    await streaming.next();
    await streaming.return();
    const waiting = client.sendMessage("hold", call(leaving)).catch((error) => error);
    const states = async () => (await client.listTasks()).tasks.map(({ status }) => status.state);
    while ((await states()).length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    await waiting;
    while (!(await states()).includes("TASK_STATE_CANCELED"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await states()).filter((state) => state === "TASK_STATE_CANCELED")).toHaveLength(1);
    expect((await client.getTask({ id: kept.task?.id ?? "" })).status.state).toBe("TASK_STATE_WORKING");
    const answered = await client.sendMessage("World", {
      taskId: turn.task?.id,
      ...call(new AbortController()),
    });
    expect(answered.task?.status.state).toBe("TASK_STATE_COMPLETED");
  });

  test("addresses that are none of a network are passed over", async () => {
    await using a = await online();
    for (const url of ["unix:/tmp/socket", "dns:///localhost:1", "ipv4:127.0.0.1:1", ""]) {
      await expect(connect(cardAt(a.serving.card, url), options())).rejects.toBeInstanceOf(A2AError);
    }
  });

  test("a taken port is said in plain words, or passed over where gRPC is optional", async () => {
    await using a = await online();
    const port = a.serving.grpc?.port;
    await expect(serve(agent, { port: 0, grpc: { port } })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another process listens there`,
    );
    const said: string[] = [];
    const log = { error: () => {}, info: () => {}, warn: (message: string) => void said.push(message) };
    await using without = await serve(agent, { port: 0, log, grpc: { port, optional: true } });
    expect(without.grpc).toBeUndefined();
    expect(said).toEqual(["Online without gRPC"]);
    expect(without.card.supportedInterfaces.map((each) => each.protocolBinding)).not.toContain("GRPC");
  });

  test("the card names the public host, if there is one", async () => {
    const named = async (grpc: { publicUrl?: string }, publicUrl: string) => {
      await using serving = await serve(agent, { port: 0, publicUrl, grpc });
      const [url] = serving.card.supportedInterfaces.flatMap((each) =>
        each.protocolBinding === "GRPC" ? [each.url.replace(`:${serving.grpc?.port}`, ":<port>")] : [],
      );
      return url;
    };
    expect(await named({}, "https://agents.example/csv")).toBe("agents.example:<port>");
    expect(await named({ publicUrl: "grpc.example" }, "https://agents.example")).toBe("grpc.example");
  });

  test("closing ends streams, and takes no more calls", async () => {
    const server = createAgentServer(agent);
    const listening = await serveGrpc(server);
    const client = await connect(cardAt(server.card, listening.address), {
      ...options(),
      resumes: 0,
      retries: 0,
    });
    const stream = client.sendStreamingMessage("hold");
    const { value: first } = await stream.next();
    await stream.next();
    await listening.close(() => server.close());
    expect((await collect(stream)).at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_FAILED");
    await expect(client.getTask({ id: first?.task?.id ?? "" })).rejects.toMatchObject({ kind: "network" });
    client.close();
  });
});
