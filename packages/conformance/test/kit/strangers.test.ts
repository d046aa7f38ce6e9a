/** Whatever answers, or does not: a run ends with a report. */
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { examine, failsAMust, failures, type Report } from "../../src/kit/index.js";
import { tasks } from "./agents.js";

/** Without the check that keeps all others from looking. A server with a good card, on which everything but the card is answered in one way. */
async function against(answer: RequestListener): Promise<Report> {
  const server = createServer((request, response) => {
    if (request.url !== "/card.json") return answer(request, response);
    const { port } = server.address() as AddressInfo;
    const at = (protocolBinding: string, protocolVersion = "1.0", host = "http://127.0.0.1") => ({
      ...{ url: `${host}:${port}`, protocolBinding, protocolVersion },
    });
    const supportedInterfaces = [
      ...[
        at("JSONRPC"),
        at("HTTP+JSON"),
        at("GRPC", "1.0", "127.0.0.1"),
        at("JSONRPC", "0.3"),
        at("HTTP+JSON", "0.3"),
      ],
      ...[at("GRPC", "1.0", "no host"), at("CARRIER-PIGEON"), at("JSONRPC", "7.0")],
    ];
    response.end(JSON.stringify({ ...tasks().card, supportedInterfaces, capabilities: { streaming: true } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await examine(
      { url: `http://127.0.0.1:${port}/card.json` },
      { patience: 100, limit: 2_000, only: (id) => !id.endsWith(".answers") },
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const text =
  (body: string, type = "application/json", status = 200): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": type }).end(body);
  };

/** Writes until nobody listens. */
function endless(response: ServerResponse, piece: string): void {
  while (response.write(piece));
  response.once("drain", () => endless(response, piece));
}

const strangers: Record<string, RequestListener> = {
  "a web page": text("<!doctype html><title>Hello</title>", "text/html"),
  "an error page": text("Bad Gateway", "text/plain", 502),
  null: text("null"),
  "an empty list": text("[]"),
  nothing: text(""),
  "an answer of other types": text(
    '{"jsonrpc":7,"id":{},"error":[],"result":{"task":[1],"tasks":{"length":3}}}',
  ),
  "a stream of nonsense": text("data: {\n\ndata: null\n\nevent: x\n\n:\n\n", "text/event-stream"),
  "a redirect": (_, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end(),
  "a closed door": (request) => request.socket.destroy(),
  silence: () => {},
  "an endless body": (_, response) =>
    endless(response.writeHead(200, { "content-type": "application/json" }), "x".repeat(65_536)),
  "an endless stream": (_, response) =>
    endless(response.writeHead(200, { "content-type": "text/event-stream" }), "data: {}\n\n".repeat(1_000)),
};

describe("a run ends with a report when what answers is", { timeout: 60_000 }, () => {
  it.each(Object.entries(strangers))("%s", async (_, answer) => {
    const report = await against(answer);
    expect(failsAMust(report)).toBe(true);
    expect(failures(report.results).every(({ result }) => result.expected)).toBe(true);
    expect(report.interfaces.slice(-2).map(({ skipped }) => skipped)).toEqual([
      "this kit does not know the binding",
      "this kit does not know JSONRPC of A2A 7.0",
    ]);
  });
});
