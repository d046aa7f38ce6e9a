import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { createOutgoing, OutgoingError, proxyByEnvironment } from "../../src/outgoing/index.js";
import { afterwards, httpServer } from "./servers.js";

const post = { headers: { "content-type": "text/plain" }, body: "hello", timeoutMs: 5000 };

/** A proxy that connects to loopback whatever the name, and says what it was asked for. */
async function proxyServer(answer: 200 | 403 = 200) {
  const asked: (string | undefined)[][] = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    asked.push([request.url, request.headers["proxy-authorization"]]);
    if (answer === 403) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const target = connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
    afterwards(() => void target.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(() => void server.close());
  return { asked, url: `http://me:s%40crets@127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function client(proxy: string) {
  const outgoing = createOutgoing({ allow: ["hook.example"], proxy });
  afterwards(() => outgoing.close());
  return outgoing;
}

async function refusal(promise: Promise<unknown>): Promise<OutgoingError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof OutgoingError) return error;
  throw new Error("was not refused");
}

test("requests go through the proxy, which resolves the name and is asked once per connection", async () => {
  const { asked, url } = await proxyServer();
  const got: string[] = [];
  const origin = await httpServer(async (request, response) => {
    for await (const piece of request) got.push(`${request.headers.host?.split(":")[0]} ${piece}`);
    response.end();
  });
  const { port } = new URL(origin);
  const outgoing = client(url);
  for (const _ of [1, 2]) {
    expect((await outgoing.post(`http://hook.example:${port}/`, post)).status).toBe(200);
    // The connection is free again once the answer was read.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(got).toEqual(["hook.example hello", "hook.example hello"]);
  expect(asked).toEqual([[`hook.example:${port}`, `Basic ${btoa("me:s@crets")}`]]);
});

test("TLS is spoken with the receiver, not with the proxy", async () => {
  const { asked, url } = await proxyServer();
  const fixture = (name: string) => readFileSync(new URL(`../hosts/fixtures/${name}`, import.meta.url));
  const server = createSecureServer({ cert: fixture("cert.pem"), key: fixture("key.pem") });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const error = await refusal(client(url).post(`https://other.example:${port}/`, post));
  expect(error.message).toMatch(/^Cannot connect to other\.example:\d+ \(.*(CERT|ALTNAME)/);
  expect(asked).toHaveLength(1);
});

test("a proxy that refuses or is not there is told, without its credentials", async () => {
  const { url } = await proxyServer(403);
  const refused = await refusal(client(url).post("http://hook.example/", post));
  expect(refused.message).toBe("The proxy did not connect to hook.example:80 (403)");
  const absent = await refusal(client("http://me:s3cret@127.0.0.1:9").post("http://hook.example/", post));
  expect([absent.reason, absent.message]).toEqual(["CONNECT", "The proxy cannot be reached"]);
});

test("addresses that are not public are refused before the proxy is asked", async () => {
  const { asked, url } = await proxyServer();
  const error = await refusal(client(url).get("http://169.254.169.254/latest/meta-data"));
  expect(error.reason).toBe("ADDRESS_NOT_ALLOWED");
  expect(asked).toEqual([]);
});

test("a proxy is named by an http URL, as the environment has it", () => {
  expect(() => createOutgoing({ proxy: "socks5://127.0.0.1:1080" })).toThrow(TypeError);
  expect(proxyByEnvironment(" http://proxy:3128 ")).toEqual({ proxy: "http://proxy:3128" });
  expect(proxyByEnvironment("")).toEqual({});
});
