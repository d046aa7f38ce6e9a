/** What travels over gRPC, seen by a client that proto-loader made of the .proto file (spec 10). */
import { status as codes } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GrpcListening, serveGrpc } from "../../src/hosts/grpc.js";
import { A2AError, type ErrorReason, errors, operationNames, operations } from "../../src/protocol/index.js";
import { cases } from "./cases.js";
import { methodNames, Peer, richStatus } from "./grpc-peer.js";
import { ScriptedDispatcher } from "./scripted-dispatcher.js";

const dispatcher = new ScriptedDispatcher();
let listening: GrpcListening;
let peer: Peer;
beforeAll(async () => {
  listening = await serveGrpc({ dispatcher, open: async () => {} }, { bodyBytes: 100_000 });
  peer = new Peer(listening.address);
});
afterAll(async () => {
  peer.client.close();
  await listening.close();
});

const service = { "a2a-extensions": "https://x.test/a", "last-event-id": "7", authorization: "Bearer t" };

/** The same message as protobufjs spells it. */
const spelled = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, item) => {
    if (key === "statusTimestampAfter") return { seconds: Date.parse(item) / 1000 };
    if (key === "metadata") return { fields: { why: { stringValue: item.why } } };
    return item;
  });

describe("every operation", () => {
  it("is a method of the service, and has a case", () => {
    expect(methodNames.toSorted()).toEqual([...operationNames].toSorted());
    expect(new Set(cases.map(({ operation }) => operation))).toEqual(new Set(operationNames));
  });

  it.each(cases)("$operation $request", async ({ operation, request, answer }) => {
    dispatcher.reply = () => ({ json: JSON.stringify(answer), extensions: [] });
    dispatcher.script = (sink) => {
      sink.send([{ seq: 3, json: JSON.stringify(answer) }]);
      sink.end();
    };
    const sent = spelled(request) as object;
    if (operations[operation].streaming) {
      const { head, events, error } = await peer.all(operation, sent, service);
      expect(error).toBeUndefined();
      expect(events).toMatchObject([answer]);
      expect(head?.get("a2a-sequence")).toEqual(["3"]);
    } else {
      const { answer: received } = await peer.unary(operation, sent, service);
      const { nextPageToken: _, ...rest } = answer as { nextPageToken?: string };
      expect(received).toMatchObject(rest);
    }
    const taken = dispatcher.taken();
    expect(taken).toMatchObject({ operation, request, call: { binding: "GRPC" } });
    const { version, extensions, lastEventId, tenant } = taken.call;
    expect({ version, extensions, lastEventId, tenant }).toEqual({
      version: "1.0",
      extensions: "https://x.test/a",
      lastEventId: "7",
      tenant: undefined,
    });
    expect(taken.call.header("authorization")).toBe("Bearer t");
    expect(taken.call.header("x-none")).toBeUndefined();
    expect(taken.call.queryParameter("key")).toBeUndefined();
  });
});

it("a page size of 0 is none, as Go's client writes it", async () => {
  const answer = { tasks: [], nextPageToken: "", pageSize: 50, totalSize: 0 };
  dispatcher.reply = () => ({ json: JSON.stringify(answer), extensions: [] });
  await peer.unary("ListTasks", { contextId: "c", pageSize: 0 }, {});
  expect(dispatcher.taken().request).toEqual({ contextId: "c" });
});

const detail = (type: string) => `type.googleapis.com/google.rpc.${type}`;

describe("every error (5.4, 10.6)", () => {
  const violations = [{ field: "message.parts[0]", description: "needs content" }];
  const error = (reason: ErrorReason) =>
    new A2AError(reason, "Because ☂", {
      violations,
      metadata: { taskId: "t" },
      retryAfter: 3.5,
      challenge: "Bearer",
      cause: "secret",
    });
  const details = (reason: ErrorReason) => [
    { "@type": detail("ErrorInfo"), reason, domain: "a2a-protocol.org", metadata: { taskId: "t" } },
    { "@type": detail("BadRequest"), fieldViolations: violations },
    { "@type": detail("RetryInfo"), retryDelay: { seconds: 3, nanos: 500_000_000 } },
  ];

  it.each(Object.keys(errors) as ErrorReason[])("%s, of a call and of a stream", async (reason) => {
    const code = codes[errors[reason].grpc];
    dispatcher.reply = () => {
      throw error(reason);
    };
    dispatcher.script = (sink) => {
      sink.send([{ seq: 1, json: '{"task":{"id":"t"}}' }]);
      sink.end(error(reason));
    };
    const refused = await peer.unary("GetTask", { id: "t" }).catch((failure) => failure);
    expect(refused).toMatchObject({ code, details: "Because ☂" });
    expect(richStatus(refused)).toMatchObject({ code, message: "Because ☂", details: details(reason) });
    expect(refused.metadata.get("www-authenticate")).toEqual(["Bearer"]);

    const streamed = await peer.all("SubscribeToTask", { id: "t" });
    expect(streamed.events).toMatchObject([{ task: { id: "t" } }]);
    expect(streamed.error).toMatchObject({ code });
    expect(streamed.error && richStatus(streamed.error).details).toMatchObject(details(reason));
    dispatcher.calls.length = 0;
  });

  it("shows nothing of an error that nobody foresaw", async () => {
    dispatcher.reply = () => {
      throw new Error("password=hunter2");
    };
    const refused = await peer.unary("GetTask", { id: "t" }).catch((failure) => failure);
    expect(refused).toMatchObject({ code: codes.INTERNAL, details: "Internal error" });
    expect(JSON.stringify(richStatus(refused))).not.toMatch(/hunter2|stack|\.ts/);
    dispatcher.calls.length = 0;
  });

  it("fits into a header, whatever it has to say", async () => {
    const long = "☂".repeat(2_000);
    dispatcher.reply = () => {
      const many = Array.from({ length: 16 }, () => ({
        field: "f".repeat(300),
        description: "d".repeat(300),
      }));
      throw new A2AError("INVALID_PARAMS", `${"a".repeat(799)}😀${long}`, { violations: many });
    };
    const refused = await peer.unary("GetTask", { id: "t" }).catch((failure) => failure);
    expect(refused.code).toBe(codes.INVALID_ARGUMENT);
    const [info, bad] = richStatus(refused).details as [object, { fieldViolations: object[] }];
    expect(info).toMatchObject({ reason: "INVALID_PARAMS" });
    expect(bad.fieldViolations).toHaveLength(3);
    dispatcher.calls.length = 0;
  });
});

describe("bad input", () => {
  const raw = (path: string, bytes: Buffer) =>
    new Promise<{ code: number; details: string }>((resolve) => {
      const asIs = (value: Buffer) => value;
      peer.client.makeUnaryRequest(path, asIs, asIs, bytes, (error) =>
        resolve(error ?? { code: 0, details: "" }),
      );
    });

  it.each([
    ["GetTask", [0x0a, 9, 65]],
    ["SubscribeToTask", [0x0a, 9, 65]],
  ])("%s of bytes that are no message is INVALID_ARGUMENT", async (name, bytes) => {
    const answer = await raw(`/lf.a2a.v1.A2AService/${name}`, Buffer.from(bytes));
    expect(answer).toMatchObject({ code: codes.INVALID_ARGUMENT });
    expect(answer.details).toMatch(/^The bytes are not a \w+Request: a length goes past the end$/);
  });

  it("an unknown method is UNIMPLEMENTED", async () => {
    expect(await raw("/lf.a2a.v1.A2AService/Nothing", Buffer.alloc(0))).toMatchObject({
      code: codes.UNIMPLEMENTED,
    });
  });

  it("a message past the limit is RESOURCE_EXHAUSTED", async () => {
    const answer = await raw("/lf.a2a.v1.A2AService/GetTask", Buffer.alloc(100_001));
    expect(answer).toMatchObject({ code: codes.RESOURCE_EXHAUSTED });
  });
});

describe("streams", () => {
  it("carry activated extensions, and so do replies", async () => {
    dispatcher.extensions = ["https://x.test/a", "https://x.test/b"];
    dispatcher.reply = () => ({ json: "{}", extensions: dispatcher.extensions });
    dispatcher.script = (sink) => {
      sink.send([{ seq: undefined, json: '{"message":{"messageId":"m"}}' }]);
      sink.end();
    };
    const { head, events } = await peer.all("SendStreamingMessage", {});
    expect(events).toMatchObject([{ message: { messageId: "m" } }]);
    expect(head?.get("a2a-extensions")).toEqual(["https://x.test/a, https://x.test/b"]);
    expect(head?.get("a2a-sequence")).toEqual([]);
    const reply = await peer.unary("GetTask", { id: "t" });
    expect(reply.head.get("a2a-extensions")).toEqual(["https://x.test/a, https://x.test/b"]);
    dispatcher.extensions = [];
    dispatcher.calls.length = 0;
  });

  it("that resume and have nothing to say yet begin at once, with the number that comes next", async () => {
    let cancelled = () => {};
    dispatcher.script = (sink) => {
      cancelled = () => sink.end();
    };
    const stream = peer.stream("SubscribeToTask", { id: "t" }, { "last-event-id": "41" });
    const head = await new Promise<{ get(key: string): unknown[] }>((resolve) =>
      stream.on("metadata", resolve),
    );
    expect(head.get("a2a-sequence")).toEqual(["42"]);
    cancelled();
    for await (const event of stream) expect(event).toBeUndefined();
    dispatcher.calls.length = 0;
  });

  it("are cut where numbers are skipped, since the client counts", async () => {
    dispatcher.script = (sink) => {
      sink.send([
        { seq: 1, json: '{"task":{"id":"a"}}' },
        { seq: 2, json: '{"task":{"id":"b"}}' },
      ]);
      expect(sink.send([{ seq: 9, json: '{"task":{"id":"c"}}' }])).toBe(false);
    };
    const { events, error } = await peer.all("SubscribeToTask", { id: "t" });
    expect(events).toMatchObject([{ task: { id: "a" } }, { task: { id: "b" } }]);
    expect(error?.code).toBe(codes.UNAVAILABLE);
    expect(dispatcher.last).toBe("cancelled");
    dispatcher.calls.length = 0;
  });

  it("wait for a reader that does not read, and go on with it", async () => {
    const chunk = JSON.stringify({ message: { messageId: "m", parts: [{ text: "x".repeat(10_000) }] } });
    let sent = 0;
    let ended = false;
    const total = 500;
    const resumed = dispatcher.resumed(() => pump());
    let pump = () => {};
    dispatcher.script = (sink) => {
      pump = () => {
        while (sent < total) if (!sink.send([{ seq: ++sent, json: chunk }])) return;
        if (!ended) sink.end();
        ended = true;
      };
      pump();
    };
    const stream = peer.stream("SubscribeToTask", { id: "t" });
    await new Promise((resolve) => stream.once("readable", resolve));
    // Nobody reads: what the windows of HTTP/2 and the stream's own bound hold has been sent, and no more.
    let held: number;
    do {
      held = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (sent !== held);
    expect(held).toBeLessThan(100);
    let received = 0;
    for await (const _ of stream) received++;
    expect(received).toBe(total);
    expect(resumed()).toBeGreaterThan(0);
    dispatcher.calls.length = 0;
  });

  it("tell the dispatcher that their reader has left", async () => {
    const left = new Promise<void>((resolve) => {
      dispatcher.script = (sink) => {
        sink.send([{ seq: 1, json: '{"task":{"id":"a"}}' }]);
        const poll = setInterval(() => {
          if (dispatcher.last !== "cancelled") return;
          clearInterval(poll);
          resolve();
        }, 5);
      };
    });
    const stream = peer.stream("SubscribeToTask", { id: "t" });
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve));
    stream.cancel();
    await left;
    dispatcher.calls.length = 0;
  });
});
