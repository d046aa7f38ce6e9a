import { describe, expect, test } from "vitest";
import { cardUrl, connect, fetchCard, memoryCardCache, TransportError } from "../../src/client/index.js";
import { cardFor, type Handler, wireServer } from "./wire-server.js";

const card = cardFor("http://127.0.0.1:1", "JSONRPC");

/** Serves the card with these header fields; answers 304 when its ETag comes back. */
const cardServer = (headers: Record<string, string>) =>
  wireServer((request, response) => {
    if (request.headers["if-none-match"] === headers.etag && headers.etag)
      response.writeHead(304, headers).end();
    else
      response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(card));
  });

describe("where the card is", () => {
  test.each([
    ["http://localhost:4100", "http://localhost:4100/.well-known/agent-card.json"],
    ["https://agent.example/", "https://agent.example/.well-known/agent-card.json"],
    ["localhost:4100", "http://localhost:4100/.well-known/agent-card.json"],
    ["127.0.0.1", "http://127.0.0.1/.well-known/agent-card.json"],
    ["[::1]:80", "http://[::1]/.well-known/agent-card.json"],
    ["agent.example", "https://agent.example/.well-known/agent-card.json"],
    ["localhost.example:81", "https://localhost.example:81/.well-known/agent-card.json"],
    ["https://agent.example/cards/csv.json?v=2#top", "https://agent.example/cards/csv.json?v=2"],
    ["https://agent.example/card", "https://agent.example/card"],
  ])("%s is %s", (given, url) => expect(cardUrl(given)).toBe(url));

  test("what is no URL is refused", () => expect(() => cardUrl("http://")).toThrow(TypeError));
});

describe("caching (RFC 9111)", () => {
  test.each([
    ["a fresh card is not asked for again", { "cache-control": "public, max-age=60", etag: '"1"' }, 1],
    ["an aged one is asked for conditionally", { "cache-control": "max-age=60", age: "60", etag: '"1"' }, 2],
    ["max-age=0 as well", { "cache-control": "max-age=0", etag: '"1"' }, 2],
    ["no-cache as well", { "cache-control": "no-cache, max-age=60", etag: '"1"' }, 2],
    ["Expires counts where there is no max-age", { expires: new Date(Date.now() + 60_000).toUTCString() }, 1],
    ["without a lifetime it is asked for every time", {}, 2],
  ])("%s", async (_, headers: Record<string, string>, requests) => {
    await using server = await cardServer(headers);
    const options = { cardCache: memoryCardCache() };
    await connect(server.url, options);
    const second = await connect(server.url, options);
    expect(second.card).toEqual(card);
    expect(server.seen).toHaveLength(requests);
    if (requests === 2) expect(server.seen[1]?.headers["if-none-match"]).toBe(headers.etag);
  });

  test("no-store is not kept, not even for a conditional request", async () => {
    await using server = await cardServer({ "cache-control": "no-store", etag: '"1"' });
    const options = { cardCache: memoryCardCache() };
    await connect(server.url, options);
    await connect(server.url, options);
    expect(server.seen[1]?.headers["if-none-match"]).toBeUndefined();
  });

  test("a 304 makes the card fresh again, and keeps its ETag", async () => {
    let times = 0;
    await using server = await wireServer((request, response) => {
      if (request.headers["if-none-match"] === '"1"')
        response.writeHead(304, { "cache-control": "max-age=60" }).end();
      else response.writeHead(200, { etag: '"1"' }).end(JSON.stringify(card));
      times++;
    });
    const options = { cardCache: memoryCardCache() };
    for (let i = 0; i < 4; i++) await connect(server.url, options);
    expect(times).toBe(2);
  });

  test("callers with other header fields do not share a card", async () => {
    await using server = await cardServer({ "cache-control": "max-age=60" });
    const cardCache = memoryCardCache();
    await connect(server.url, { cardCache, headers: { Authorization: "Bearer a" } });
    await connect(server.url, { cardCache, headers: { Authorization: "Bearer b" } });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer a", "Bearer b"]);
  });

  test("a full cache forgets what was unused for longest", async () => {
    const cache = memoryCardCache(2);
    for (const key of ["a", "b"]) await cache.set(key, { card, freshUntil: 0 });
    await cache.get("a");
    await cache.set("c", { card, freshUntil: 0 });
    expect([await cache.get("a"), await cache.get("b"), await cache.get("c")]).toEqual([
      expect.anything(),
      undefined,
      expect.anything(),
    ]);
  });
});

describe("no card", () => {
  const refused: [string, Handler, object][] = [
    [
      "nothing there",
      (_, response) => void response.writeHead(404).end("<h1>no</h1>"),
      { name: "TransportError", kind: "http" },
    ],
    [
      "a redirect",
      (_, response) => void response.writeHead(302, { location: "https://other.example/x?token=1" }).end(),
      { kind: "http", message: expect.stringMatching(/redirects to https:\/\/other\.example\/x; /) },
    ],
    [
      "no JSON",
      (_, response) => void response.end("<h1>hello</h1>"),
      { name: "InvalidAgentResponseError", reason: "INVALID_AGENT_RESPONSE" },
    ],
    ["no content", (_, response) => void response.writeHead(204).end(), { reason: "INVALID_AGENT_RESPONSE" }],
    [
      "304, though nothing was cached",
      (_, response) => void response.writeHead(304).end(),
      { reason: "INVALID_AGENT_RESPONSE", message: "HTTP 304" },
    ],
    [
      "a card of an older version",
      (_, response) =>
        void response.end(JSON.stringify({ name: "Old", protocolVersion: "0.3.0", url: "http://x/" })),
      { reason: "VERSION_NOT_SUPPORTED", message: expect.stringContaining("0.3.0") },
    ],
    ["no card at all", (_, response) => void response.end("[]"), { reason: "INVALID_AGENT_RESPONSE" }],
    [
      "credentials needed",
      (_, response) => void response.writeHead(401, { "www-authenticate": "Bearer" }).end(),
      { reason: "UNAUTHENTICATED", challenge: "Bearer" },
    ],
  ];
  test.each(refused)("%s", async (_, handler, error) => {
    await using server = await wireServer(handler);
    await expect(connect(server.url, { cardCache: memoryCardCache() })).rejects.toMatchObject(error);
  });

  test("credentials in the URL are neither sent nor shown", async () => {
    await using server = await wireServer((_, response) => void response.end("{}"));
    const error = await connect(server.url.replace("//", "//me:secret@")).catch((error) => error);
    expect(error).toMatchObject({ name: "TransportError", kind: "http" });
    expect(error.message).toContain(`${server.url}/.well-known/agent-card.json is not used`);
    expect(String(error.stack)).not.toContain("secret");
    expect(server.seen).toHaveLength(0);
  });

  test("files are not read, though some runtimes would fetch them", async () => {
    const failed = connect("file:///etc/hostname", { fetch: async () => Response.json(card) });
    await expect(failed).rejects.toMatchObject({ name: "TransportError", kind: "http" });
  });

  test("a key in the query is not shown, though the runtime says it", async () => {
    const fetch = (url: unknown) =>
      Promise.reject(new TypeError(`error sending request for url (${url}): refused`));
    await expect(fetchCard("http://a.example/card?key=secret#x", { fetch })).rejects.toThrow(
      /^error sending request for url \(http:\/\/a\.example\/card\): refused at http:\/\/a\.example\/card$/,
    );
  });

  test("nobody listens", async () => {
    const server = await wireServer(() => {});
    await server[Symbol.asyncDispose]();
    const failed = connect(server.url);
    await expect(failed).rejects.toBeInstanceOf(TransportError);
    await expect(failed).rejects.toMatchObject({
      kind: "network",
      message: `connection refused at ${server.url}/.well-known/agent-card.json`,
    });
  });

  test("no answer in time", async () => {
    await using server = await wireServer(() => {});
    await expect(connect(server.url, { timeoutMs: 20 })).rejects.toMatchObject({ kind: "timeout" });
  });
});

describe("choosing an interface (spec 8.3.2)", () => {
  const url = "http://127.0.0.1:1";
  const on = (protocolBinding: string, protocolVersion = "1.0") => ({
    url: `${url}/${protocolBinding}`,
    protocolBinding,
    protocolVersion,
  });
  const choose = (interfaces: object[], bindings?: ("JSONRPC" | "HTTP+JSON")[]) =>
    connect(
      { ...card, supportedInterfaces: interfaces as typeof card.supportedInterfaces },
      { bindings },
    ).then(
      (client) => `${client.interface.protocolBinding} ${client.interface.protocolVersion}`,
      (error) => error.reason,
    );

  test.each([
    ["the first in card order", [on("GRPC"), on("HTTP+JSON"), on("JSONRPC")], undefined, "HTTP+JSON 1.0"],
    ["the caller's preference", [on("HTTP+JSON"), on("JSONRPC")], ["JSONRPC"], "JSONRPC 1.0"],
    ["card order where the card lacks it", [on("HTTP+JSON")], ["JSONRPC"], "HTTP+JSON 1.0"],
    [
      "only major version 1",
      [on("JSONRPC", "0.3"), on("JSONRPC", "2.0"), on("HTTP+JSON", "1.1")],
      ["JSONRPC"],
      "HTTP+JSON 1.1",
    ],
    ["10 is not 1", [on("JSONRPC", "10.0")], undefined, "VERSION_NOT_SUPPORTED"],
    ["no version fits", [on("JSONRPC", "0.3")], undefined, "VERSION_NOT_SUPPORTED"],
    ["no binding fits", [on("GRPC"), on("toString")], undefined, "UNSUPPORTED_OPERATION"],
    ["a URL that is none", [{ ...on("JSONRPC"), url: "/rpc" }], undefined, "UNSUPPORTED_OPERATION"],
    ["no interface", [], undefined, "UNSUPPORTED_OPERATION"],
  ] as const)("%s", async (_, interfaces, preferred, expected) => {
    expect(await choose([...interfaces], preferred && [...preferred])).toBe(expected);
  });

  test("what is offered is named with its URL", async () => {
    const offered = { ...card, supportedInterfaces: [{ ...on("JSONRPC"), url: "/rpc?key=1" }] };
    await expect(connect(offered)).rejects.toThrow(
      "The agent offers JSONRPC 1.0 at /rpc; this client speaks JSONRPC and HTTP+JSON 1.0",
    );
  });
});
