/** Clients that each send most of a large body and then wait: together they must not fill the memory. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { NodeRequest } from "../../src/hosts/node/node-request.js";
import { SlowBodies } from "../../src/hosts/node/slow-bodies.js";
import type { A2AError } from "../../src/protocol/index.js";
import { bodyOf, RawClient } from "./raw-client.js";

const kilobyte = 1024;

async function start(maxBytes: number) {
  const bodies = new SlowBodies(60_000, maxBytes);
  const server = createServer((message, response) => {
    new NodeRequest(message, "", bodies).text(1_000_000).then(
      (text) => response.end(`got ${text.length}`),
      (error: A2AError) => response.end(`refused ${error.reason}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** Sends a part of a body and keeps the rest. */
  const send = (part: number, whole: number) =>
    new RawClient(url).say(
      `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${whole}\r\n\r\n${"x".repeat(part)}`,
    );
  const ask = async (size: number) => bodyOf(await send(size, size).rest());
  return { send, ask };
}

it("large bodies are refused while the unfinished ones hold too much; small ones go on", async () => {
  const { send, ask } = await start(500 * kilobyte);
  const waiting = [send(200 * kilobyte, 300 * kilobyte), send(200 * kilobyte, 300 * kilobyte)];
  await expect.poll(() => ask(150 * kilobyte)).toBe("refused UNAVAILABLE");
  expect(await ask(10 * kilobyte)).toBe(`got ${10 * kilobyte}`);

  waiting[0]?.leave();
  await expect.poll(() => ask(150 * kilobyte)).toBe(`got ${150 * kilobyte}`);
  expect(bodyOf(await (waiting[1] as RawClient).say("x".repeat(100 * kilobyte)).rest())).toBe(
    `got ${300 * kilobyte}`,
  );
  expect(await ask(450 * kilobyte)).toBe(`got ${450 * kilobyte}`);
  expect(await ask(450 * kilobyte)).toBe(`got ${450 * kilobyte}`);
});
