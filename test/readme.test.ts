/** What the README shows is what runs: its snippets are the files of examples/snippets, and each of them works. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve as serveHono } from "@hono/node-server";
import type { Task } from "@parley/a2a";
import { connect } from "@parley/a2a/client";
import { serve } from "@parley/a2a/node";
import { createOutgoing } from "@parley/a2a/outgoing";
import { afterAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

it.each(["README.md", "packages/a2a/README.md"])("%s shows the snippets as they are", (name) => {
  const text = readFileSync(root + name, "utf8");
  const expected = text.replace(
    /<!-- snippet (\S+) -->\n(?:```ts\n[\s\S]*?\n```\n)?/g,
    (_, file: string) => `<!-- snippet ${file} -->\n\`\`\`ts\n${readFileSync(root + file, "utf8")}\`\`\`\n`,
  );
  if (process.env["UPDATE_DOCS"]) writeFileSync(root + name, expected);
  else expect(text).toBe(expected);
});

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Reads the card where the snippet mounted it, then calls the agent there over both bindings. */
async function shouts(at: string): Promise<void> {
  const client = await connect(`${at}/.well-known/agent-card.json`);
  for (const { protocolBinding } of client.card.supportedInterfaces) {
    const path = protocolBinding === "JSONRPC" ? "/" : "/message:send";
    const request = { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "hello" }] } };
    const body =
      protocolBinding === "JSONRPC"
        ? { jsonrpc: "2.0", id: 1, method: "SendMessage", params: request }
        : request;
    const headers = { "content-type": "application/json", "a2a-version": "1.0" };
    const response = await fetch(at + path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"text":"HELLO"');
  }
}

describe("the snippets run", () => {
  it("agent.ts and client.ts", async () => {
    process.env["PORT"] = String(await freePort());
    const { url, close } = await import("../examples/snippets/agent.js");
    closing.push(close);
    process.env["AGENT"] = url;
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    vi.spyOn(console, "error").mockImplementation(() => {});
    await import("../examples/snippets/client.js");
    expect(log.mock.calls.flat()).toContain("HELLO");
    vi.restoreAllMocks();
  });

  it("durable.ts", async () => {
    process.env["PORT"] = String(await freePort());
    process.env["TASKS"] = join(mkdtempSync(join(tmpdir(), "parley-")), "tasks.db");
    const { url, close } = await import("../examples/snippets/durable.js");
    closing.push(close);
    const client = await connect(url);
    const message = { messageId: "m", role: "ROLE_USER" as const, parts: [{ text: "the rent" }] };
    const { task } = (await client.sendMessage({ message })) as { task: Task };
    expect(task.artifacts?.[0]?.parts).toEqual([{ text: "1: the rent" }]);
  });

  it("grpc.ts", async () => {
    process.env["PORT"] = String(await freePort());
    process.env["GRPC_PORT"] = String(await freePort());
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { url, close } = await import("../examples/snippets/grpc.js");
    closing.push(close);
    expect(log.mock.calls).toEqual([["HELLO"]]);
    vi.restoreAllMocks();
    const { card } = await connect(url);
    expect(card.supportedInterfaces.map(({ protocolBinding }) => protocolBinding)).toContain("GRPC");
  });

  it("webhook.ts", async () => {
    const token = `whsec_${Buffer.from("known to both of us").toString("base64")}`;
    process.env["WEBHOOK_SECRET"] = token;
    const { receiver } = await import("../examples/snippets/webhook.js");
    const { agent } = await import("../examples/snippets/shout.js");
    const outgoing = createOutgoing({ allow: ["127.0.0.1"] });
    const server = await serve(agent, { post: outgoing.post });
    closing.push(() => server.close().finally(() => outgoing.close()));
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const url = await listening(receiver);
    const client = await connect(server.url);
    const configuration = { taskPushNotificationConfig: { url, token } };
    const { task } = (await client.sendMessage("hello", { configuration })) as { task: Task };
    await expect.poll(() => log.mock.calls).toEqual([[task.id, "TASK_STATE_COMPLETED"]]);
    vi.restoreAllMocks();
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
  });

  it("express.ts", async () => {
    const { app } = await import("../examples/snippets/express.js");
    await shouts(`${await listening(createHttpServer(app))}/shout`);
  });

  it("fastify.ts", async () => {
    const { app } = await import("../examples/snippets/fastify.js");
    const at = await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    await shouts(`${at}/shout`);
  });

  it("hono.ts", async () => {
    const { app } = await import("../examples/snippets/hono.js");
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    closing.push(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    await shouts(`http://127.0.0.1:${(server.address() as AddressInfo).port}/shout`);
  });

  it("node-http.ts", async () => {
    const { app } = await import("../examples/snippets/node-http.js");
    const at = await listening(app);
    await shouts(`${at}/shout`);
    expect(await (await fetch(at)).text()).toBe("the rest of the application");
  });

  it("fetch.ts", async () => {
    const { default: worker } = await import("../examples/snippets/fetch.js");
    const server = serveHono({ fetch: worker.fetch, port: 0, hostname: "127.0.0.1" });
    closing.push(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    await shouts(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
});
