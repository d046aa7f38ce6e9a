/** What is the client's over gRPC alone, against the real server; what all bindings have in common is in end-to-end.test.ts. */
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
import { createServer as createAgentServer } from "../../src/index.js";
import type { AgentCard } from "../../src/protocol/index.js";
import { counter } from "./counter.js";
import { collect, wireServer } from "./wire-server.js";

const fixture = (name: string) => fileURLToPath(new URL(`../hosts/fixtures/${name}`, import.meta.url));

const options = () => ({ transports: [grpc()], bindings: ["GRPC"] as const, cardCache: memoryCardCache() });

async function online() {
  const serving = await serve(counter, { port: 0, grpc: { port: 0 } });
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
  await using serving = await serve(counter, { port: 0 });
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
    await using without = await serve(counter, { port: 0 });
    expect(without.card.supportedInterfaces.map((each) => each.protocolBinding)).toEqual([
      "JSONRPC",
      "HTTP+JSON",
    ]);
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

  test("a reader that pauses too long is disconnected, and misses nothing", async () => {
    let cuts = 0;
    const limits = { slowReaderMillis: 50 };
    await using serving = await serve(counter, { port: 0, grpc: {}, limits });
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
    const gone = await wireServer(() => {});
    await gone[Symbol.asyncDispose]();
    const { host } = new URL(gone.url);
    const nobody = await connect(cardAt(a.serving.card, host), { ...options(), retries: 0 });
    const refused = await nobody.listTasks().catch((error) => error);
    expect(refused).toBeInstanceOf(TransportError);
    expect(refused).toMatchObject({ kind: "network", message: `connection refused at http://${host}` });
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
    await using serving = await serve(counter, { port: 0, grpc: { tls } });
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
    await using serving = await serve(counter, { port: 0, authenticator, extendedCard, grpc: {} });
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
    await expect(serve(counter, { port: 0, grpc: { port } })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another process listens there`,
    );
    const said: string[] = [];
    const log = { error: () => {}, info: () => {}, warn: (message: string) => void said.push(message) };
    await using without = await serve(counter, { port: 0, log, grpc: { port, optional: true } });
    expect(without.grpc).toBeUndefined();
    expect(said).toEqual(["Online without gRPC"]);
    expect(without.card.supportedInterfaces.map((each) => each.protocolBinding)).not.toContain("GRPC");
  });

  test("the card names the public host, if there is one", async () => {
    const named = async (grpc: { publicUrl?: string }, publicUrl: string) => {
      await using serving = await serve(counter, { port: 0, publicUrl, grpc });
      const [url] = serving.card.supportedInterfaces.flatMap((each) =>
        each.protocolBinding === "GRPC" ? [each.url.replace(`:${serving.grpc?.port}`, ":<port>")] : [],
      );
      return url;
    };
    expect(await named({}, "https://agents.example/csv")).toBe("agents.example:<port>");
    expect(await named({ publicUrl: "grpc.example" }, "https://agents.example")).toBe("grpc.example");
  });

  test("closing ends streams, and takes no more calls", async () => {
    const server = createAgentServer(counter);
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
