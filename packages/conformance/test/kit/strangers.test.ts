/** Whatever answers, or does not: a run ends with a report. */
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { examine, failsAMust, failures, type Report } from "../../src/kit/index.js";
import { tasks } from "./agents.js";

/** Every interface of a good card answers everything alike. The check that keeps all others from looking is left out. */
async function against(answer: RequestListener): Promise<Report> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const at = (protocolBinding: string, protocolVersion = "1.0", host = "http://127.0.0.1") => ({
    url: `${host}:${port}`,
    protocolBinding,
    protocolVersion,
  });
  const supportedInterfaces = [
    ...[at("JSONRPC"), at("HTTP+JSON"), at("GRPC", "1.0", "127.0.0.1")],
    ...[at("JSONRPC", "0.3"), at("HTTP+JSON", "0.3"), at("GRPC", "0.3", "127.0.0.1")],
    ...[at("JSONRPC", "0.1"), at("GRPC", "1.0", "no host"), at("GRPC", "0.3", "no host")],
    ...[at("CARRIER-PIGEON"), at("JSONRPC", "7.0")],
  ];
  const document = { ...tasks().card, supportedInterfaces, capabilities: { streaming: true } };
  const only = (id: string) => !id.endsWith(".answers");
  try {
    return await examine({ document, origin: "card.json" }, { patience: 100, limit: 2_000, only });
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
