/** The node host against clients that are slow, broken or gone, over real sockets. */
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpHandler } from "../../src/bindings/index.js";
import type { EventSink } from "../../src/dispatch/contract.js";
import { type Listening, type ListenOptions, listen } from "../../src/hosts/node/listen.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";
import { bodyOf, RawClient, statusOf } from "./raw-client.js";

const dispatcher = new ScriptedDispatcher();
const handle = createHttpHandler({ dispatcher, card: () => ({ name: "A" }) as never, bodyBytes: 1_000 });
let listening: Listening | undefined;
afterEach(async () => {
  dispatcher.calls.length = 0;
  await listening?.close();
  listening = undefined;
});

async function client(options?: ListenOptions): Promise<RawClient> {
  listening ??= await listen(handle, options);
  return new RawClient(listening.url);
}

const head = (first: string, ...fields: string[]) => [first, "host: x", ...fields, "", ""].join("\r\n");
const post = (path: string, ...fields: string[]) =>
  head(`POST ${path} HTTP/1.1`, "content-type: application/json", ...fields);
const reasonOf = (response: string) => {
  const { error } = JSON.parse(bodyOf(response));
  return (error.details ?? error.data)[0].reason;
};

describe("clients that are slow", () => {
  it("get 408 for headers that never end", async () => {
    const slow = await client({ headersTimeout: 100, bodyTimeout: 100 });
    const response = await slow.say("POST / HTTP/1.1\r\nhost: x\r\n").rest();
    expect(statusOf(response)).toBe(408);
    expect(JSON.parse(bodyOf(response)).error).toMatchObject({ code: 408, status: "DEADLINE_EXCEEDED" });
    expect(reasonOf(response)).toBe("REQUEST_TIMEOUT");
  });

  it.each([
    ["/message:send", 408],
    ["/", 200],
  ])("get an answer of the binding at %s for a body that never ends", async (path, status) => {
    const slow = await client({ bodyTimeout: 50 });
    const response = await slow.say(`${post(path, "content-length: 100")}{"a":`).until("REQUEST_TIMEOUT");
    expect(statusOf(response)).toBe(status);
    slow.leave();
  });

  it("are hung up on when nobody reads their body", async () => {
    const slow = await client({ headersTimeout: 100, bodyTimeout: 50 });
    const response = await slow
      .say(head("POST /message:send HTTP/1.1", "content-type: text/plain", "content-length: 9"))
      .rest();
    expect(statusOf(response)).toBe(400);
    expect(response).toContain("CONTENT_TYPE_NOT_SUPPORTED");
  });
});

describe("clients that do not read", () => {
  it("an answer are cut off, so that it does not stay in memory", async () => {
    const answer = JSON.stringify({ text: "x".repeat(50_000_000) });
    dispatcher.reply = () => ({ json: answer, extensions: [] });
    const paused = (await client({ bodyTimeout: 100 })).say(head("GET /tasks/t HTTP/1.1"));
    paused.socket.pause();
    const socket = await new Promise<Socket>((resolve) => listening?.server.once("connection", resolve));
    await new Promise((resolve) => socket.once("close", resolve));
    paused.socket.resume();
    expect((await paused.rest()).length).toBeLessThan(answer.length);

    const slow = (await client()).say(head("GET /tasks/t HTTP/1.1"));
    const length = (await slow.until("\r\n\r\n")).indexOf("\r\n\r\n") + 4 + answer.length;
    while (slow.received.length < length) {
      slow.socket.resume();
      await new Promise((resolve) => slow.socket.once("data", resolve));
      slow.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(bodyOf(slow.received)).toHaveLength(answer.length);
    slow.leave();
    dispatcher.reply = () => ({ json: "{}", extensions: [] });
  });
});

describe("clients that never hang up", () => {
  it.each([
    ["after a header that did not end", "POST / HTTP/1.1\r\nhost: x\r\n", 408],
    ["after a body that did not end", `${post("/message:send", "content-length: 100")}{"a":`, 408],
    ["after garbage", "garbage\r\n\r\n", 400],
  ])("%s are hung up on", async (_, bytes, status) => {
    listening = await listen(handle, { headersTimeout: 100, bodyTimeout: 50 });
    const connected = new Promise<Socket>((resolve) => listening?.server.once("connection", resolve));
    const stubborn = connect({ port: listening.port, allowHalfOpen: true }).on("error", () => {});
    let received = "";
    stubborn.on("data", (text) => {
      received += text;
    });
    stubborn.write(bytes);
    await new Promise((resolve) => connected.then((socket) => socket.once("close", resolve)));
    expect(statusOf(received)).toBe(status);
    stubborn.destroy();
  });
});

describe("clients that do not speak HTTP", () => {
  it.each([
    ["garbage", "\x16\x03\x01hello\r\n\r\n", 400],
    ["a bad header", head("GET / HTTP/1.1", "a b: c"), 400],
    ["two lengths", post("/", "content-length: 5", "content-length: 6"), 400],
    ["length and chunks", post("/", "content-length: 5", "transfer-encoding: chunked"), 400],
    ["a bad chunk", `${post("/", "transfer-encoding: chunked")}zz\r\n`, 400],
    ["too large a header", head("GET / HTTP/1.1", `a: ${"x".repeat(20_000)}`), 431],
  ])("get JSON for %s", async (_, bytes, status) => {
    const response = await (await client()).say(bytes).rest();
    expect(statusOf(response)).toBe(status);
    expect(JSON.parse(bodyOf(response)).error).toMatchObject({ code: status, status: "INVALID_ARGUMENT" });
  });

  it("are cut when they talk into their own stream", async () => {
    dispatcher.script = () => {};
    const noisy = (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1"));
    await noisy.until(":\n\n");
    const response = await noisy.say("garbage\r\n\r\n").rest();
    expect(response).not.toContain("400");
    expect(response.endsWith("0\r\n\r\n")).toBe(false);
  });
});

describe("bodies", () => {
  const tooLarge = "x".repeat(1_001);
  it.each([
    ["announced", `content-length: 1001`, ""],
    ["announced and sent", `content-length: 1001`, tooLarge],
    ["in chunks", "transfer-encoding: chunked", `3e9\r\n${tooLarge}\r\n`],
  ])("over the limit, %s, get 413 in the form of the binding", async (_, field, body) => {
    for (const path of ["/message:send", "/"]) {
      const large = await client();
      const response = await large.say(post(path, field) + body).until("PAYLOAD_TOO_LARGE");
      expect(statusOf(response)).toBe(413);
      expect(JSON.parse(bodyOf(response)).jsonrpc).toBe(path === "/" ? "2.0" : undefined);
      large.leave();
    }
  });

  it("of exactly the limit are read, and the connection goes on", async () => {
    const body = JSON.stringify({ pad: "x".repeat(990) });
    expect(body).toHaveLength(1_000);
    const twice = `${post("/tasks/t:cancel", "content-length: 1000")}${body}`;
    const large = await client();
    await large.say(twice + twice).until("}HTTP/1.1 200");
    expect(dispatcher.calls).toHaveLength(2);
    large.leave();
  });

  it("that are not UTF-8 are refused", async () => {
    const broken = (await client()).say(post("/message:send", "content-length: 6"));
    const response = await broken.say(new Uint8Array([0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22])).until("}]}}");
    expect([statusOf(response), reasonOf(response)]).toEqual([400, "PARSE_ERROR"]);
    broken.leave();
  });

  it("that were compressed are refused", async () => {
    const zipped = (await client()).say(
      `${post("/message:send", "content-encoding: gzip", "content-length: 2")}{}`,
    );
    expect(reasonOf(await zipped.until("}]}}"))).toBe("CONTENT_TYPE_NOT_SUPPORTED");
    zipped.leave();
  });

  it("may be split anywhere", async () => {
    const body = new TextEncoder().encode('{"metadata":{"a":"ü☂𝄞"}}');
    const split = (await client()).say(post("/tasks/t:cancel", `content-length: ${body.length}`));
    for (const byte of body) {
      split.say(new Uint8Array([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(statusOf(await split.until("\r\n\r\n"))).toBe(200);
    expect(dispatcher.taken().request).toEqual({ id: "t", metadata: { a: "ü☂𝄞" } });
    split.leave();
  });
});

describe("clients that go away", () => {
  it("in the middle of a request leave nothing running", async () => {
    const gone = (await client()).say(`${post("/message:send", "content-length: 100")}{"mess`);
    await new Promise((resolve) => listening?.server.once("request", resolve));
    gone.leave();
    await gone.closed;
    const next = (await client()).say(head("GET /healthz HTTP/1.1"));
    await next.until('{"status":"ok"}');
    expect(dispatcher.calls).toEqual([]);
    next.leave();
  });

  it("before the answer is ready get none", async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    dispatcher.unary = async () => {
      await held;
      return { json: "{}", extensions: [] };
    };
    const gone = (await client()).say(head("GET /tasks/t HTTP/1.1"));
    const response = await new Promise<{ destroyed: boolean }>((resolve) =>
      listening?.server.once("request", (_, response) => resolve(response)),
    );
    gone.leave();
    await expect.poll(() => response.destroyed).toBe(true);
    release();
    const next = (await client()).say(head("GET /healthz HTTP/1.1"));
    await next.until('{"status":"ok"}');
    next.leave();
    Reflect.deleteProperty(dispatcher, "unary");
  });

  it("in the middle of a stream are told to the engine", async () => {
    dispatcher.script = () => {};
    const gone = (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1"));
    await gone.until(":\n\n");
    expect(dispatcher.last).toBe("open");
    gone.leave();
    await expect.poll(() => dispatcher.last).toBe("cancelled");
  });
});

describe("requests", () => {
  it("may name a whole URL", async () => {
    const proxied = (await client()).say(head("GET http://agent.test/healthz?x HTTP/1.1"));
    expect(statusOf(await proxied.until('{"status":"ok"}'))).toBe(200);
    proxied.leave();
  });

  it.each(["OPTIONS * HTTP/1.1", "GET //healthz HTTP/1.1", "GET /../healthz HTTP/1.1", "BREW / HTTP/1.1"])(
    "such as %s get an answer in JSON",
    async (line) => {
      const odd = (await client()).say(head(line));
      const response = await odd.until("\r\n\r\n{");
      expect(statusOf(response)).toBeGreaterThanOrEqual(400);
      expect(JSON.parse(bodyOf(response))).toHaveProperty("error");
      odd.leave();
    },
  );
});

describe("a stream", () => {
  it("that is cut is not complete", async () => {
    dispatcher.script = (sink) => {
      sink.send([{ seq: 1, json: "{}" }]);
      setImmediate(() => sink.cut());
    };
    const response = await (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1")).rest();
    expect(response).toContain("id: 1");
    expect(response.endsWith("\r\n0\r\n\r\n")).toBe(false);
  });

  it("that ends is complete, and the connection goes on", async () => {
    dispatcher.script = (sink) => sink.end();
    const reader = (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1"));
    await reader.until("\r\n\r\n0\r\n\r\n");
    reader.say(head("GET /healthz HTTP/1.1"));
    await reader.until('{"status":"ok"}');
    reader.leave();
  });
});

describe("listen", () => {
  it("says in plain words that a port is taken", async () => {
    await client();
    const taken = listening as Listening;
    await expect(listen(handle, { port: taken.port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${taken.port}: another process listens there`,
    );
    (await client()).leave();
  });

  it("closes: orderly ends first, then streams are cut and idle connections dropped", async () => {
    const sinks: EventSink[] = [];
    dispatcher.script = (sink) => sinks.push(sink);
    const first = (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1"));
    const second = (await client()).say(head("GET /tasks/t:subscribe HTTP/1.1"));
    const idle = (await client()).say(head("GET /healthz HTTP/1.1"));
    await Promise.all([first.until(":\n\n"), second.until(":\n\n"), idle.until('{"status":"ok"}')]);
    await (listening as Listening).close(async () => {
      sinks[0]?.send([{ seq: 9, json: "{}" }]);
      sinks[0]?.end();
    });
    const [ended, cut] = await Promise.all([first.rest(), second.rest(), idle.rest()]);
    expect([ended, cut].filter((text) => text.endsWith("0\r\n\r\n"))).toHaveLength(1);
    expect([ended, cut].filter((text) => text.includes("id: 9"))).toHaveLength(1);
    expect(dispatcher.last).toBe("cancelled");
    listening = undefined;
  });

  it("closes without waiting for connections that nobody has asked anything on", async () => {
    const unused = await client({ closeTimeout: 600_000 });
    const used = (await client()).say(head("GET /healthz HTTP/1.1"));
    await used.until('{"status":"ok"}');
    await listening?.close();
    expect([await unused.rest(), statusOf(await used.rest())]).toEqual(["", 200]);
    listening = undefined;
  });

  it("speaks TLS and tells browsers to stay with it", async () => {
    const pem = (name: string) => readFileSync(new URL(`fixtures/${name}.pem`, import.meta.url));
    const cert = pem("cert");
    listening = await listen(handle, { tls: { cert, key: pem("key") } });
    expect(listening.url).toMatch(/^https:\/\/localhost:\d+$/);
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      get(`${listening?.url}/healthz`, { ca: cert, agent: false }, (response) => {
        response.resume();
        resolve(response.headers);
      }).on("error", reject);
    });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  });
});
