import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createOutgoing, OutgoingError, type OutgoingOptions } from "../../src/outgoing/index.js";
import { afterwards, httpServer, tcpServer } from "./servers.js";

function client(options: OutgoingOptions = { allowPrivate: true }) {
  const outgoing = createOutgoing(options);
  afterwards(() => outgoing.close());
  return outgoing;
}

async function refusal(promise: Promise<unknown>): Promise<OutgoingError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OutgoingError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const post = { headers: { "content-type": "text/plain" }, body: "hello", timeoutMs: 5000 };

describe("getting", () => {
  test("gives status, headers and body, and asks for plain bytes", async () => {
    const origin = await httpServer((request, response) => {
      response.writeHead(404, { "X-Two": ["a", "b"], "Content-Type": "text/csv" });
      response.end(
        JSON.stringify([
          request.method,
          request.url,
          request.headers.accept,
          request.headers["accept-encoding"],
        ]),
      );
    });
    const response = await client().get(`${origin}/x?y=1`, { accept: "text/csv" });
    expect(response.status).toBe(404);
    expect(response.headers).toMatchObject({ "x-two": "a, b", "content-type": "text/csv" });
    expect(await text(response.body)).toBe('["GET","/x?y=1","text/csv","identity"]');
  });

  test("does not read faster than the body is consumed", async () => {
    const size = 64 * 1024 * 1024;
    let written = 0;
    const origin = await httpServer((_request, response) => {
      const more = () => {
        while (written < size && response.write(Buffer.alloc(65536))) written += 65536;
        if (written >= size) response.end();
      };
      response.on("drain", () => {
        written += 65536;
        more();
      });
      more();
    });
    const { body } = await client({ allowPrivate: true, maxBytes: 2 * size }).get(origin);
    let read = 0;
    let ahead = 0;
    for await (const piece of body) {
      read += piece.byteLength;
      ahead = Math.max(ahead, written - read);
      if (read < 4 * 1024 * 1024) await new Promise((done) => setImmediate(done));
    }
    expect(read).toBeGreaterThanOrEqual(size);
    expect(ahead).toBeLessThan(size / 2);
  });

  test("leaving the body, or discarding it, closes the connection", async () => {
    let closed = 0;
    const origin = await httpServer((_request, response) => {
      response.write("a");
      response.on("close", () => closed++);
    });
    const outgoing = client();
    for await (const _ of (await outgoing.get(origin)).body) break;
    (await outgoing.get(origin)).discard();
    await expect.poll(() => closed).toBe(2);
  });

  test("an abort ends waiting and reading alike, with its reason", async () => {
    const origin = await httpServer((request, response) => {
      if (request.url === "/body") response.write("a");
    });
    const outgoing = client();
    const why = new Error("changed my mind");
    await expect(outgoing.get(origin, { signal: AbortSignal.abort(why) })).rejects.toBe(why);

    const waiting = new AbortController();
    const asked = outgoing.get(origin, { signal: waiting.signal });
    setTimeout(() => waiting.abort(why), 20);
    await expect(asked).rejects.toBe(why);

    const reading = new AbortController();
    const { body } = await outgoing.get(`${origin}/body`, { signal: reading.signal });
    setTimeout(() => reading.abort(why), 20);
    await expect(text(body)).rejects.toBe(why);
  });
});

describe("posting", () => {
  test("sends the body and gives the status", async () => {
    let seen: unknown;
    const origin = await httpServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      seen = [request.method, request.headers["content-type"], request.headers["content-length"], body];
      response.writeHead(202, { "content-encoding": "gzip" }).end("ignored");
    });
    expect(await client().post(origin, post)).toEqual({ status: 202 });
    expect(seen).toEqual(["POST", "text/plain", "5", "hello"]);
  });

  test("gives the Retry-After that came with it", async () => {
    const origin = await httpServer((_request, response) =>
      response.writeHead(503, { "retry-after": "120" }).end(),
    );
    expect(await client().post(origin, post)).toEqual({ status: 503, retryAfter: "120" });
  });

  test("goes over https, and over http only to a host that was allowed", async () => {
    const origin = await httpServer((_request, response) => response.end());
    const { port } = new URL(origin);
    const named = client({
      allow: ["hook.example"],
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    });
    expect((await named.post(`http://hook.example:${port}/`, post)).status).toBe(200);
    expect((await client({ allow: ["127.0.0.0/8"] }).post(origin, post)).status).toBe(200);
    const { objection } = named.post;
    expect(objection?.("https://other.example/")).toBeUndefined();
    for (const url of ["http://other.example/", "http://203.0.114.1/"]) {
      expect(objection?.(url)).toBe("Webhooks are sent over https only");
      expect((await refusal(named.post(url, post))).reason).toBe("URL_NOT_ALLOWED");
    }
  });

  test("uses a connection again", async () => {
    const sockets = new Set<Socket>();
    const origin = await httpServer((request, response) => {
      sockets.add(request.socket);
      response.end("ok");
    });
    const outgoing = client();
    for (let i = 0; i < 5; i++) {
      await outgoing.post(origin, post);
      await new Promise((done) => setTimeout(done, 5));
    }
    expect(sockets.size).toBe(1);
  });

  test("opens no more connections to a host than it may; the others wait", async () => {
    let open = 0;
    let most = 0;
    const origin = await httpServer((_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end();
      }, 5);
    });
    const outgoing = client({ allowPrivate: true, maxConnectionsPerHost: 3 });
    await Promise.all(Array.from({ length: 12 }, () => outgoing.post(origin, post)));
    expect(most).toBe(3);
  });
});

describe("addresses", () => {
  const local = [{ address: "127.0.0.1", family: 4 }];
  const example = { address: "93.184.215.14", family: 4 };

  test("nothing is connected to before its address was checked", async () => {
    let connections = 0;
    const origin = await tcpServer(() => connections++);
    const { port } = new URL(origin);
    const rejecting = client({ resolve: async () => local });
    const hosts = [
      "127.0.0.1",
      "localhost",
      "rebind.example",
      "[::ffff:127.0.0.1]",
      "2130706433",
      "LOCALHOST.",
    ];
    for (const host of hosts) {
      const error = await refusal(rejecting.get(`http://${host}:${port}/`));
      expect(error.reason).toBe("ADDRESS_NOT_ALLOWED");
      expect((await refusal(rejecting.post(`https://${host}:${port}/`, post))).reason).toBe(
        "ADDRESS_NOT_ALLOWED",
      );
      expect((await refusal(rejecting.get(`https://${host}:${port}/`))).reason).toBe("ADDRESS_NOT_ALLOWED");
    }
    expect(connections).toBe(0);
  });

  test("the system's own resolver is checked too", async () => {
    const origin = await httpServer((_request, response) => response.end());
    const url = origin.replace("127.0.0.1", "localhost");
    expect((await refusal(client({}).get(url))).reason).toBe("ADDRESS_NOT_ALLOWED");
    expect((await client().get(url)).status).toBe(200);
  });

  test.each([
    ["the first", [...local, example]],
    ["the last", [example, ...local]],
    ["one of IPv6", [example, { address: "::1", family: 6 }]],
    ["one with a zone", [example, { address: "fe80::1%eth0", family: 6 }]],
    ["one that is none", [{ address: "not an address", family: 4 }]],
  ])("%s of several addresses refuses the name", async (_which, addresses) => {
    const outgoing = client({ resolve: async () => addresses });
    const error = await refusal(outgoing.get("http://mixed.example/"));
    expect(error.reason).toBe("ADDRESS_NOT_ALLOWED");
    expect(error.message).toBe("mixed.example is not at a public address");
  });

  test("a name server that answers differently the second time is asked only once", async () => {
    const origin = await httpServer((_request, response) => response.end("inside"));
    const { port } = new URL(origin);
    let asked = 0;
    const outgoing = client({
      resolve: async () => (asked++ === 0 ? [{ address: "127.0.0.99", family: 4 }] : local),
      allow: ["127.0.0.99"],
    });
    // The first answer is allowed and leads nowhere; the second would be the server inside.
    const error = await refusal(outgoing.get(`http://rebind.example:${port}/`));
    expect(error.message).toBe(`Cannot connect to rebind.example:${port} (ECONNREFUSED)`);
    expect(asked).toBe(1);
    expect((await refusal(outgoing.get(`http://rebind.example:${port}/`))).reason).toBe(
      "ADDRESS_NOT_ALLOWED",
    );
  });

  test("a name on the allowlist may be anywhere, others not", async () => {
    const origin = await httpServer((request, response) => response.end(request.headers.host));
    const { port } = new URL(origin);
    const outgoing = client({ allow: ["Files.internal"], resolve: async () => local });
    expect((await outgoing.get(`http://files.internal.:${port}/`)).status).toBe(200);
    for (const host of ["evil-files.internal", "x.files.internal", "files.internal.evil"]) {
      expect((await refusal(outgoing.get(`http://${host}:${port}/`))).reason).toBe("ADDRESS_NOT_ALLOWED");
    }
  });

  test("no redirect leads anywhere", async () => {
    let reached = false;
    const inside = await httpServer((_request, response) => {
      reached = true;
      response.end();
    });
    const origin = await httpServer((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: inside }).end("body");
    });
    const outgoing = client();
    for (const status of [300, 301, 302, 303, 307, 308]) {
      const error = await refusal(outgoing.get(`${origin}/${status}`));
      expect(error.reason).toBe("REDIRECT");
      expect(error.message).not.toContain(inside);
      expect((await refusal(outgoing.post(`${origin}/${status}`, post))).reason).toBe("REDIRECT");
    }
    expect(reached).toBe(false);
    expect((await outgoing.get(`${origin}/304`)).status).toBe(304);
  });
});

describe("limits", () => {
  test("a length that is announced is refused at once, one that is not when it is passed", async () => {
    const origin = await httpServer((request, response) => {
      if (request.url === "/announced") response.setHeader("content-length", 11);
      response.write("0123456789");
      response.end("a");
    });
    const outgoing = client({ allowPrivate: true, maxBytes: 10 });
    expect((await refusal(outgoing.get(`${origin}/announced`))).reason).toBe("TOO_LARGE");
    const { body } = await outgoing.get(origin);
    expect((await refusal(text(body))).reason).toBe("TOO_LARGE");
    expect(await text((await outgoing.get(origin, { maxBytes: 11 })).body)).toBe("0123456789a");
  });

  test("compressed answers, which could grow without limit, are refused", async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("…");
    });
    expect((await refusal(client().get(origin))).reason).toBe("PROTOCOL");
  });

  const short = { allowPrivate: true, timeoutMs: 60 };

  test("silence before the answer, inside the headers and inside the body ends in time", async () => {
    const outgoing = client(short);
    const silent = await tcpServer(() => {});
    expect((await refusal(outgoing.get(silent))).reason).toBe("TIMEOUT");
    const half = await tcpServer((socket) => socket.write("HTTP/1.1 200 OK\r\nX-Half:"));
    expect((await refusal(outgoing.get(half))).reason).toBe("TIMEOUT");
    const started = await tcpServer((socket) =>
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
    );
    const { body } = await outgoing.get(started);
    expect((await refusal(text(body))).reason).toBe("TIMEOUT");
    expect((await refusal(outgoing.post(silent, { ...post, timeoutMs: 60 }))).reason).toBe("TIMEOUT");
  });

  test("a trickle ends at the total time", async () => {
    const origin = await httpServer((_request, response) => {
      const timer = setInterval(() => response.write("."), 10);
      response.on("close", () => clearInterval(timer));
    });
    const { body } = await client().get(origin, { totalMs: 100 });
    expect((await refusal(text(body))).reason).toBe("TIMEOUT");
  });

  test("a reader that takes its time is not timed", async () => {
    const origin = await httpServer((_request, response) => {
      response.write("a");
      setTimeout(() => response.end("b"), 20);
    });
    let received = "";
    for await (const piece of (await client(short).get(origin)).body) {
      received += Buffer.from(piece).toString();
      await new Promise((done) => setTimeout(done, 200));
    }
    expect(received).toBe("ab");
  });

  test("waiting for a free connection counts as waiting", async () => {
    const origin = await tcpServer(() => {});
    const outgoing = client({ allowPrivate: true, maxConnectionsPerHost: 1 });
    const hanging = refusal(outgoing.post(origin, post));
    const queued = await refusal(outgoing.post(origin, { ...post, timeoutMs: 50 }));
    expect(queued.reason).toBe("TIMEOUT");
    outgoing.close();
    expect((await hanging).reason).toBe("CONNECT");
  });
});

describe("failures", () => {
  test("say what happened, without the address behind a name", async () => {
    const closed = await tcpServer(() => {});
    const { port } = new URL(closed);
    const refused = client({
      allowPrivate: true,
      resolve: async (name) => {
        if (name === "nowhere.example") throw Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
        return name === "empty.example" ? [] : [{ address: "127.0.0.77", family: 4 }];
      },
    });
    const unknown = await refusal(refused.get("http://nowhere.example/"));
    expect([unknown.reason, unknown.message]).toEqual([
      "CONNECT",
      "Cannot connect to nowhere.example (ENOTFOUND)",
    ]);
    expect((await refusal(refused.get("http://empty.example/"))).message).toBe(
      "empty.example has no address",
    );
    const nobody = await refusal(refused.get(`http://internal.example:${port}/secret?token=s3cr3t`));
    expect(nobody.reason).toBe("CONNECT");
    expect(nobody.message).toBe(`Cannot connect to internal.example:${port} (ECONNREFUSED)`);
  });

  test.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "PROTOCOL"],
    ["nothing", "", "PROTOCOL"],
    [
      "another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "PROTOCOL",
    ],
    ["endless headers", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`, "PROTOCOL"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "PROTOCOL"],
  ])("a server that answers %s", async (_what, answer, reason) => {
    const origin = await tcpServer((socket) => socket.once("data", () => socket.end(answer)));
    expect((await refusal(client().get(origin))).reason).toBe(reason);
  });

  test("a body that breaks off", async () => {
    const origin = await tcpServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"));
    });
    const { body } = await client().get(origin);
    await new Promise((done) => setTimeout(done, 30));
    const error = await refusal(text(body));
    expect([error.reason, error.message]).toEqual(["PROTOCOL", `${new URL(origin).host} broke off`]);
  });

  test("TLS to a server without it", async () => {
    const origin = await httpServer((_request, response) => response.end());
    const error = await refusal(client().get(origin.replace("http:", "https:")));
    expect(["CONNECT", "PROTOCOL"]).toContain(error.reason);
  });

  test("after close nothing is sent, and what was under way has ended", async () => {
    const sockets: Socket[] = [];
    const origin = await tcpServer((socket) => sockets.push(socket));
    const outgoing = client();
    const underWay = refusal(outgoing.get(origin));
    await expect.poll(() => sockets.length).toBe(1);
    outgoing.close();
    expect((await underWay).reason).toBe("CONNECT");
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
    expect((await refusal(outgoing.get(origin))).message).toBe("The client for outgoing requests is closed");
  });
});
