/** An agent is killed again and again while it sends webhooks to a receiver that refuses half of them: none is lost. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SendMessageResponse } from "@parley/a2a/client";
import { createVerifier, type Verify } from "@parley/a2a/webhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ServerProcess } from "./server-process.js";
import { Wire } from "./wire.js";

const kills = 20;
/** Of some 18 events each: a random number of chunks, and three more. */
const tasksPerLife = 32;
const token = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;

const folder = mkdtempSync(join(tmpdir(), "parley-webhooks-"));
const file = join(folder, "tasks.db");
let server: ServerProcess | undefined;
afterEach(async () => {
  await server?.kill();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(folder, { recursive: true });
});

/** What was acknowledged: the events of each task, in order of their first arrival. */
const accepted = new Map<string, Map<string, string>>();
let arrived = 0;
let wrong = 0;
const verify: Verify = createVerifier({ secret: token });
const receiver = createServer(async (request, response) => {
  try {
    const { id, taskId, event } = await verify(request);
    const ok = Math.random() < 0.5;
    if (ok) {
      const seen = accepted.get(taskId) ?? new Map<string, string>();
      accepted.set(taskId, seen);
      if (!seen.has(id)) arrived++;
      if (!seen.has(id)) seen.set(id, JSON.stringify(event));
    }
    response.writeHead(ok ? 204 : 500).end();
  } catch {
    wrong++;
    response.writeHead(400).end();
  }
});
beforeEach(() => {
  process.env.CRASH_WEBHOOKS = "1";
  process.env.PARLEY_ALLOW_PRIVATE = "1";
  return new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
});

let port = 0;
async function start(): Promise<Wire> {
  server = new ServerProcess(file, port);
  const url = await server.ready();
  port = Number(new URL(url).port);
  return new Wire(url);
}

test("every event of every task arrives, in order", { timeout: 180_000 }, async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const tasks: string[] = [];
  const send = async (wire: Wire) => {
    const message = { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text: "stream x" }] };
    const configuration = { returnImmediately: true, taskPushNotificationConfig: { id: "a", url, token } };
    const answer = await wire.call("POST", "/message:send", { message, configuration });
    tasks.push((JSON.parse(answer) as SendMessageResponse).task?.id as string);
  };
  const load = async (wire: Wire) => {
    try {
      for (let i = 0; i < tasksPerLife; i++) await send(wire);
    } catch {
      // Killed.
    }
  };

  for (let kill = 1; kill <= kills; kill++) {
    const wire = await start();
    const working = load(wire);
    // Less than what a life brings.
    const enough = arrived + Math.random() * 400;
    while (arrived < enough) await sleep(5);
    await server?.kill();
    await working;
  }

  const wire = await start();
  let sent = 0;
  // Also those whose answer was lost when the agent was killed.
  for (const id of new Set([...tasks, ...accepted.keys()])) {
    const journal = (await wire.journal(id)).map(({ data }) => JSON.stringify(JSON.parse(data)));
    sent += journal.length;
    await expect.poll(() => accepted.get(id)?.size, { timeout: 60_000 }).toBe(journal.length);
    expect([...(accepted.get(id)?.values() ?? [])]).toEqual(journal);
  }
  expect(wrong).toBe(0);
  expect(sent).toBeGreaterThan(5000);
});
