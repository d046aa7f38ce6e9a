/** What travels, on both bindings side by side: one case, one meaning, two forms (spec 9, 11). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpHandler } from "../../src/bindings/index.js";
import { type Listening, listen } from "../../src/hosts/node/listen.js";
import { A2AError, type ErrorReason, errors, operationNames } from "../../src/protocol/index.js";
import { cases } from "./cases.js";
import { ScriptedDispatcher } from "./scripted-dispatcher.js";

const dispatcher = new ScriptedDispatcher();
let listening: Listening;
beforeAll(async () => {
  listening = await listen(createHttpHandler({ dispatcher, card: () => ({}) as never }));
});
afterAll(() => listening.close());

const service = { "a2a-version": "1.0", "a2a-extensions": "https://x.test/a", "last-event-id": "7" };

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(listening.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...service, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const jsonrpc = (method: string, params?: object, id: unknown = 1) =>
  post("/", { jsonrpc: "2.0", id, method, params });
const httpJson = (verb: string, path: string, body?: object) =>
  verb === "POST" && body !== undefined
    ? post(path, body)
    : fetch(listening.url + path, { method: verb, headers: service });

describe("every operation means the same on both bindings", () => {
  it("has a case for every operation", () => {
    expect(new Set(cases.map(({ operation }) => operation))).toEqual(new Set(operationNames));
  });

  for (const { operation, request, route, answer } of cases) {
    const [verb, path, body] = route;
    it(`${operation}: ${verb} ${path}`, async () => {
      dispatcher.reply = () => ({ json: JSON.stringify(answer), extensions: [] });
      dispatcher.script = (sink) => {
        sink.send([{ seq: 3, json: JSON.stringify(answer) }]);
        sink.end();
      };
      for (const binding of ["JSONRPC", "HTTP+JSON"] as const) {
        const response = await (binding === "JSONRPC"
          ? jsonrpc(operation, request)
          : httpJson(verb, path, body));
        expect(response.status).toBe(200);
        const framed = binding === "JSONRPC" ? { jsonrpc: "2.0", id: 1, result: answer } : answer;
        if (response.headers.get("content-type") === "text/event-stream") {
          expect(await response.text()).toBe(`id: 3\ndata: ${JSON.stringify(framed)}\n\n`);
          expect(response.headers.get("cache-control")).toBe("no-cache");
          expect(response.headers.get("x-accel-buffering")).toBe("no");
        } else {
          expect(response.headers.get("content-type")).toBe("application/json");
          expect(response.headers.get("cache-control")).toBe("no-store");
          expect(response.headers.get("x-content-type-options")).toBe("nosniff");
          expect(await response.json()).toEqual(framed);
        }
        const taken = dispatcher.taken();
        expect(taken).toMatchObject({ operation, request, call: { binding } });
        const { version, extensions, lastEventId } = taken.call;
        expect({ version, extensions, lastEventId }).toEqual({
          version: "1.0",
          extensions: "https://x.test/a",
          lastEventId: "7",
        });
      }
    });
  }
});

describe("every error means the same on both bindings (5.4, 9.5, 11.6)", () => {
  const detail = "type.googleapis.com/google.rpc";
  for (const reason of Object.keys(errors) as ErrorReason[]) {
    it(reason, async () => {
      const row = errors[reason];
      const violations = [{ field: "message.parts[0]", description: "needs content" }];
      const metadata = { taskId: "t" };
      dispatcher.reply = () => {
        throw new A2AError(reason, "Because", {
          violations,
          metadata,
          retryAfter: 3,
          challenge: "Bearer",
          cause: "secret",
        });
      };
      const data = [
        { "@type": `${detail}.ErrorInfo`, reason, domain: "a2a-protocol.org", metadata },
        { "@type": `${detail}.BadRequest`, fieldViolations: violations },
        { "@type": `${detail}.RetryInfo`, retryDelay: "3s" },
      ];
      const onJsonrpc = await jsonrpc("GetTask", { id: "t" }, "abc");
      expect(onJsonrpc.status).toBe("jsonrpcHttp" in row ? row.jsonrpcHttp : 200);
      expect(await onJsonrpc.json()).toEqual({
        jsonrpc: "2.0",
        id: "abc",
        error: { code: row.jsonrpc, message: "Because", data },
      });
      const onHttpJson = await httpJson("GET", "/tasks/t");
      expect(onHttpJson.status).toBe(row.http);
      expect(await onHttpJson.json()).toEqual({
        error: { code: row.http, status: row.grpc, message: "Because", details: data },
      });
      for (const { headers } of [onJsonrpc, onHttpJson]) {
        expect(headers.get("content-type")).toBe("application/json");
        expect(headers.get("retry-after")).toBe("3");
        expect(headers.get("www-authenticate")).toBe("Bearer");
      }
      dispatcher.calls.length = 0;
    });
  }

  it("shows nothing of an error that nobody foresaw", async () => {
    dispatcher.reply = () => {
      throw new Error("password=hunter2");
    };
    for (const response of [await jsonrpc("GetTask", { id: "t" }), await httpJson("GET", "/tasks/t")]) {
      const text = await response.text();
      expect(text).toContain("INTERNAL_ERROR");
      expect(text).not.toMatch(/hunter2|stack|\.ts/);
    }
    dispatcher.calls.length = 0;
  });
});

describe("streams", () => {
  it("send all events of a commit, then a late error as the last event", async () => {
    dispatcher.script = (sink) => {
      sink.send([
        { seq: 1, json: '{"task":{}}' },
        { seq: 2, json: '{"statusUpdate":{}}' },
      ]);
      sink.send([{ seq: undefined, json: '{"message":{}}' }]);
      sink.end(new A2AError("UNAVAILABLE", "Restarting"));
    };
    const info =
      '[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"UNAVAILABLE","domain":"a2a-protocol.org"}]';
    const onJsonrpc = await jsonrpc("SubscribeToTask", { id: "t" }, "x");
    expect(await onJsonrpc.text()).toBe(
      'id: 1\ndata: {"jsonrpc":"2.0","id":"x","result":{"task":{}}}\n\n' +
        'id: 2\ndata: {"jsonrpc":"2.0","id":"x","result":{"statusUpdate":{}}}\n\n' +
        'data: {"jsonrpc":"2.0","id":"x","result":{"message":{}}}\n\n' +
        `data: {"jsonrpc":"2.0","id":"x","error":{"code":-31503,"message":"Restarting","data":${info}}}\n\n`,
    );
    const onHttpJson = await httpJson("GET", "/tasks/t:subscribe");
    expect(await onHttpJson.text()).toBe(
      'id: 1\ndata: {"task":{}}\n\nid: 2\ndata: {"statusUpdate":{}}\n\ndata: {"message":{}}\n\n' +
        `data: {"error":{"code":503,"status":"UNAVAILABLE","message":"Restarting","details":${info}}}\n\n`,
    );
    dispatcher.calls.length = 0;
  });

  it("answer an error before the first event as an ordinary response", async () => {
    for (const [response, status] of [
      [await post("/message:stream", "{"), 400],
      [await post("/", { jsonrpc: "2.0", id: 1, method: "SubscribeToTask", params: [] }), 200],
    ] as const) {
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/json");
    }
  });

  it("carry activated extensions, and so do replies", async () => {
    dispatcher.extensions = ["https://x.test/a", "https://x.test/b"];
    dispatcher.reply = () => ({ json: "{}", extensions: dispatcher.extensions });
    dispatcher.script = (sink) => sink.end();
    for (const response of [
      await jsonrpc("SubscribeToTask", { id: "t" }),
      await jsonrpc("GetTask", { id: "t" }),
      await httpJson("GET", "/tasks/t:subscribe"),
      await httpJson("GET", "/tasks/t"),
    ]) {
      expect(response.headers.get("a2a-extensions")).toBe("https://x.test/a, https://x.test/b");
    }
    dispatcher.extensions = [];
    dispatcher.calls.length = 0;
  });
});

describe("media types (11.1)", () => {
  it.each([
    [{ "content-type": "application/a2a+json" }, "application/a2a+json"],
    [{ "content-type": "application/json", accept: "application/a2a+json, */*" }, "application/a2a+json"],
    [{ "content-type": "application/json; charset=utf-8" }, "application/json"],
    [{ "content-type": 'Application/JSON;charset="UTF-8"' }, "application/json"],
    [{ "content-type": "application/a2a+json; charset=utf-8" }, "application/a2a+json"],
    [{ "content-type": "Application/A2A+JSON" }, "application/a2a+json"],
    [{ accept: "text/html, APPLICATION/a2a+json; q=0.2" }, "application/a2a+json"],
    [{ accept: "application/a2a+json;q=0, application/json" }, "application/json"],
    [{ accept: "application/a2a+json-seq" }, "application/json"],
    [{ "content-encoding": "Identity" }, "application/json"],
  ] as [Record<string, string>, string][])("%j is answered in %s", async (headers, type) => {
    dispatcher.reply = () => ({ json: "{}", extensions: [] });
    const ok = await post("/message:send", {}, headers);
    expect([ok.status, ok.headers.get("content-type")]).toEqual([200, type]);
    const bad = await post("/message:send", "{", headers);
    expect([bad.status, bad.headers.get("content-type")]).toEqual([400, type]);
    const rpc = await post("/", { jsonrpc: "2.0", id: 1, method: "GetTask" }, headers);
    expect([rpc.status, rpc.headers.get("content-type")]).toEqual([200, "application/json"]);
    dispatcher.calls.length = 0;
  });
});

describe("JSON-RPC envelopes", () => {
  it.each(["a", 1, 0, -1.5, null, ""])("repeats the id %j", async (id) => {
    dispatcher.reply = () => ({ json: "{}", extensions: [] });
    expect(await (await jsonrpc("GetTask", { id: "t" }, id)).json()).toEqual({
      jsonrpc: "2.0",
      id,
      result: {},
    });
    expect(await (await jsonrpc("nothing", {}, id)).json()).toMatchObject({ id, error: { code: -32601 } });
    dispatcher.calls.length = 0;
  });

  it("runs a notification and answers 204, whatever comes of it", async () => {
    for (const method of ["GetTask", "SubscribeToTask"]) {
      const response = await post("/", { jsonrpc: "2.0", method, params: { id: "t" } });
      expect([response.status, await response.text()]).toEqual([204, ""]);
      expect(dispatcher.taken().operation).toBe(method);
    }
    expect(dispatcher.last).toBe("cancelled");
    expect((await post("/", { jsonrpc: "2.0", method: "nothing" })).status).toBe(204);
  });

  it("takes the version from a query parameter where no header has it (3.6.1)", async () => {
    await fetch(`${listening.url}/?A2A-Version=1.0&key=k`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":"t"}}',
    });
    const { call } = dispatcher.taken();
    expect([call.version, call.queryParameter("key"), call.queryParameter("none")]).toEqual([
      "1.0",
      "k",
      undefined,
    ]);
  });
});
