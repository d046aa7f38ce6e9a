/** An agent with webhooks as applications make one, and a receiver that checks them. */
import { generateKeyPairSync } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { serve } from "../../src/hosts/node/index.js";
import { artifact, createServer, defineAgent, memory, working } from "../../src/index.js";
import { createOutgoing } from "../../src/outgoing/index.js";
import { jwksPath, type Notification, webhookReceiver } from "../../src/webhooks/index.js";
import { plainCall } from "../plain-call.js";

const card = { name: "Teller", description: "Tells", version: "1.0.0" };
const agent = defineAgent({
  card,
  async *execute() {
    yield working("on it");
    yield artifact("a", "done");
  },
});
const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] };

it("publishes its keys, and signs what can be checked with them", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk = privateKey.export({ format: "jwk" }) as { kty: string; crv: string; x: string; d: string };
  const outgoing = createOutgoing({ allowPrivate: true });
  await using serving = await serve(agent, {
    port: 0,
    basePath: "/agents/teller",
    post: outgoing.post,
    webhooks: { signingKeys: [{ ...jwk, kid: "2026" }] },
  });
  const published = await fetch(serving.url + jwksPath);
  expect(published.headers.get("content-type")).toBe("application/json");
  expect(published.headers.get("access-control-allow-origin")).toBe("*");
  const { d, ...open } = jwk;
  expect(await published.json()).toEqual({ keys: [{ ...open, kid: "2026", use: "sig", alg: "EdDSA" }] });
  expect((await fetch(serving.url + jwksPath, { method: "POST" })).status).toBe(405);
  expect((await fetch(serving.url + jwksPath, { method: "HEAD" })).status).toBe(200);

  const got: Notification[] = [];
  const receive = webhookReceiver(
    { jwks: serving.url + jwksPath },
    (notification) => void got.push(notification),
  );
  const hook = createHttpServer(async (request, response) =>
    response.writeHead((await receive(request)).status).end(),
  );
  await new Promise<void>((done) => hook.listen(0, "127.0.0.1", done));
  const { port } = hook.address() as AddressInfo;
  const answer = await fetch(`${serving.url}/message:send`, {
    method: "POST",
    headers: { "a2a-version": "1.0", "content-type": "application/json" },
    body: JSON.stringify({
      message,
      configuration: { taskPushNotificationConfig: { url: `http://127.0.0.1:${port}/` } },
    }),
  });
  expect(answer.status).toBe(200);
  await expect.poll(() => got.length).toBe(4);
  expect(got.map(({ event }) => Object.keys(event)[0])).toEqual([
    "task",
    "statusUpdate",
    "artifactUpdate",
    "statusUpdate",
  ]);
  outgoing.close();
  hook.closeAllConnections();
  await new Promise((done) => hook.close(done));
});

it("has no such document without keys", async () => {
  await using serving = await serve(agent, { port: 0 });
  expect((await fetch(serving.url + jwksPath)).status).toBe(404);
});

it("keeps no configuration of a task that did not come to be", async () => {
  const store = memory();
  const talker = defineAgent({ card, reply: () => undefined });
  const server = createServer(talker, { store, post: async () => ({ status: 204 }) });
  await server.open();
  const configuration = { taskPushNotificationConfig: { url: "https://client.example/" } };
  await expect(
    server.dispatcher.unary("SendMessage", { message, configuration }, plainCall),
  ).rejects.toMatchObject({
    reason: "UNSUPPORTED_OPERATION",
  });
  expect(await store.outbox.deliveries({ limit: 1 })).toEqual([]);
  await server.close();
});
