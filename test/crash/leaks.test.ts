/** Clients that go away in the middle of something leave nothing behind. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerProcess } from "./server-process.js";
import { Wire } from "./wire.js";

const folder = mkdtempSync(join(tmpdir(), "parley-leaks-"));
const probe = fileURLToPath(new URL("heap-probe.mjs", import.meta.url));
const server = new ServerProcess(join(folder, "tasks.db"), 0, ["--expose-gc", "--import", probe]);
let port = 0;
let heldTask = "";
beforeAll(async () => {
  const url = await server.ready();
  port = Number(new URL(url).port);
  const { message } = sending("hold");
  const sent = { message, configuration: { returnImmediately: true } };
  heldTask = JSON.parse(await new Wire(url).call("POST", "/message:send", sent)).task.id;
});
afterAll(async () => {
  await server.kill();
  rmSync(folder, { recursive: true });
});

interface Held {
  /** Bytes on the heap after garbage collection. */
  readonly heap: number;
  readonly sockets: number;
}

/** What the agent holds once the last of its connections is gone. */
async function held(connections: number): Promise<Held> {
  for (;;) {
    const now = (await server.ask()) as Held;
    if (now.sockets <= connections) return now;
    await sleep(10);
  }
}

const sending = (text: string) => ({ message: { messageId: text, role: "ROLE_USER", parts: [{ text }] } });

function post(path: string, body = "{}", length = body.length): string {
  const fields = [
    "host: x",
    "a2a-version: 1.0",
    "content-type: application/json",
    `content-length: ${length}`,
  ];
  return [`POST ${path} HTTP/1.1`, ...fields, "", body].join("\r\n");
}

/** Says something, and hangs up: at once, or when the first bytes of an answer come. */
async function leave(bytes: string, answered: boolean): Promise<void> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.write(bytes, () => answered || socket.destroy());
  if (answered) socket.once("data", () => socket.destroy());
  await once(socket, "close");
}

async function many(times: number, act: () => Promise<void>): Promise<void> {
  let left = times;
  const client = async () => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: 20 }, client));
}

const send = JSON.stringify(sending("echo"));
const stream = JSON.stringify(sending("flood 8 20"));

/** Bytes: what could stay of each would be more. The smallest of it is a stream, of some hundred. */
const enough = 300;

test.each([
  ["in the middle of a request", () => post("/message:send", send.slice(0, 20), send.length), false],
  ["while the answer is awaited", () => post("/message:send", send), false],
  ["in the middle of the stream of a send", () => post("/message:stream", stream), true],
  ["in the middle of a subscription", () => post(`/tasks/${heldTask}:subscribe`), true],
] as const)("a thousand times %s", { timeout: 180_000 }, async (_, request, answered) => {
  const { sockets } = await held(Number.POSITIVE_INFINITY);
  await many(1_000, () => leave(request(), answered));
  let { heap } = await held(sockets);
  let grown = Number.POSITIVE_INFINITY;
  // What stays of each stays of every thousand. What is compiled on the way stays once, on Node 22 half a megabyte.
  for (let rounds = 0; rounds < 4 && grown >= enough; rounds++) {
    await many(1_000, () => leave(request(), answered));
    const after = await held(sockets);
    grown = (after.heap - heap) / 1_000;
    heap = after.heap;
  }
  expect(grown).toBeLessThan(enough);
});
