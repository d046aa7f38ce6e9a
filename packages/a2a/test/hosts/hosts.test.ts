/** The same agent behind every host: at the root, below a mount path, and behind body parsers. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpHandler } from "../../src/bindings/index.js";
import { expressHandler } from "../../src/hosts/express.js";
import { fastifyPlugin } from "../../src/hosts/fastify.js";
import { fetchHandler } from "../../src/hosts/fetch.js";
import { honoHandler } from "../../src/hosts/hono.js";
import { nodeListener } from "../../src/hosts/node/request-listener.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";
import { textReader } from "./text-reader.js";

const dispatcher = new ScriptedDispatcher();
const server = {
  handle: createHttpHandler({ dispatcher, card: () => ({ name: "A" }) as never, bodyBytes: 100_000 }),
};

let stop: () => unknown = () => {};
afterEach(() => stop());

async function listening(http: Server): Promise<string> {
  if (!http.listening) await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  stop = () => {
    http.closeAllConnections();
    http.close();
  };
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** Each puts the agent online and gives its URL. */
const hosts: Record<string, () => Promise<string>> = {
  "node:http": () => listening(createServer(nodeListener(server))),
  "Express 5, at the root": () => listening(createServer(express().use(expressHandler(server)))),
  "Express 5, mounted": async () =>
    (await listening(createServer(express().use("/agents/a", expressHandler(server))))) + "/agents/a",
  "Express 5, behind express.json()": async () =>
    (await listening(createServer(express().use(express.json()).use("/a", expressHandler(server))))) + "/a",
  "Express 5, behind express.text()": async () =>
    listening(
      createServer(
        express()
          .use(express.text({ type: "*/*" }))
          .use(expressHandler(server)),
      ),
    ),
  "Fastify 5, at the root": async () => {
    const app = fastify();
    await app.register(fastifyPlugin(server));
    await app.ready();
    return listening(app.server);
  },
  "Fastify 5, below a prefix": async () => {
    const app = fastify();
    await app.register(fastifyPlugin(server), { prefix: "/agents/a" });
    await app.ready();
    return (await listening(app.server)) + "/agents/a";
  },
  "Hono 4, a wildcard route": () => onHono(new Hono().all("/*", honoHandler(server)), ""),
  "Hono 4, mounted": () => onHono(new Hono().all("/agents/a/*", honoHandler(server)), "/agents/a"),
  "Hono 4, app.mount": () => onHono(new Hono().mount("/agents/a", fetchHandler(server)), "/agents/a"),
  "Hono 4, behind a reader of bodies": () => {
    const app = new Hono();
    app.use(async (c, next) => {
      if (c.req.method === "POST") await c.req.text();
      await next();
    });
    return onHono(app.all("/*", honoHandler(server)), "");
  },
};

async function onHono(app: Hono, path: string): Promise<string> {
  const http = await new Promise<Server>((resolve) => {
    const made = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
      resolve(made as Server),
    );
  });
  return (await listening(http)) + path;
}

for (const [name, online] of Object.entries(hosts)) {
  describe(name, () => {
    it("serves the card, both bindings and errors", async () => {
      const url = await online();
      expect(await (await fetch(`${url}/.well-known/agent-card.json`)).json()).toEqual({ name: "A" });
      expect((await fetch(`${url}/healthz`)).status).toBe(200);

      dispatcher.reply = () => ({ json: '{"id":"ü"}', extensions: [] });
      const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "ü\u0000".repeat(5_000) }] };
      for (const [path, body] of [
        ["/message:send", { message }],
        ["/", { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message } }],
        ["/acme/message:send?A2A-Version=1.0", { message }],
      ] as const) {
        for (const type of ["application/json", "application/a2a+json"]) {
          const headers = { "content-type": type, "x-key": "k" };
          const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
          expect(response.status).toBe(200);
          expect(await response.text()).toContain('{"id":"ü"}');
          const { request, call } = dispatcher.taken();
          expect(request).toEqual({ message });
          expect(call.header("x-key")).toBe("k");
          expect(call.tenant).toBe(path.startsWith("/acme") ? "acme" : undefined);
        }
      }
      const got = await fetch(`${url}/tasks/a%2Fb?historyLength=2`);
      expect(got.status).toBe(200);
      expect(dispatcher.taken().request).toEqual({ id: "a/b", historyLength: 2 });
      expect((await fetch(`${url}/tasks/t:cancel`, { method: "POST" })).status).toBe(200);
      expect(dispatcher.taken().operation).toBe("CancelTask");

      const wrong = await fetch(`${url}/nowhere`);
      expect(await wrong.json()).toMatchObject({ error: { code: 404, status: "UNIMPLEMENTED" } });
      const text = await fetch(`${url}/message:send`, { method: "POST", body: "x" });
      expect(await text.json()).toMatchObject({
        error: { details: [{ reason: "CONTENT_TYPE_NOT_SUPPORTED" }] },
      });
    });

    it("streams events as they come, and notices a reader that leaves", async () => {
      const url = await online();
      let send: ((seq: number) => void) | undefined;
      dispatcher.script = (sink) => {
        send = (seq) => sink.send([{ seq, json: `{"seq":${seq}}` }]);
      };
      const leaving = new AbortController();
      const response = await fetch(`${url}/tasks/t:subscribe`, { signal: leaving.signal });
      expect(response.headers.get("content-type")).toBe("text/event-stream");
      const reader = textReader(response);
      expect((await reader.read()).value).toBe(":\n\n");
      for (const seq of [1, 2, 3]) {
        send?.(seq);
        expect((await reader.read()).value).toBe(`id: ${seq}\ndata: {"seq":${seq}}\n\n`);
      }
      expect(dispatcher.last).toBe("open");
      leaving.abort();
      await expect(reader.read()).rejects.toThrow();
      await expect.poll(() => dispatcher.last).toBe("cancelled");
      dispatcher.calls.length = 0;
    });

    it("holds a sender back until the reader reads", async () => {
      const url = await online();
      const chunk = "x".repeat(100_000);
      let sent = 0;
      let fill: () => void = () => {};
      dispatcher.script = (sink) => {
        fill = () => {
          while (sent < 200 && sink.send([{ seq: ++sent, json: chunk }])) {}
          if (sent === 200) sink.end();
        };
        fill();
      };
      const resumed = dispatcher.resumed(() => fill());
      const response = await fetch(`${url}/tasks/t:subscribe`);
      const text = await response.text();
      expect(sent).toBe(200);
      expect(text.length).toBeGreaterThan(200 * chunk.length);
      expect(resumed()).toBeGreaterThan(0);
      dispatcher.calls.length = 0;
    });
  });
}
