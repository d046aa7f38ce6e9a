/**
 * What both bindings make of bad input, over real sockets and on the real server: per row the error,
 * its JSON-RPC code and HTTP status (by the table of errors), and the field named.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineAgent } from "../../src/agent/index.js";
import { type Serving, serve } from "../../src/hosts/node/index.js";
import { type ErrorReason, errors } from "../../src/protocol/index.js";

const limit = 300_000;
let serving: Serving;
beforeAll(async () => {
  const agent = defineAgent({
    card: {
      name: "Echo",
      description: "Says it again",
      version: "1.0.0",
      defaultInputModes: ["text/plain", "application/json"],
    },
    async *execute() {},
  });
  serving = await serve(agent, { limits: { bodyBytes: limit } });
});
afterAll(() => serving.close());

const json = { "content-type": "application/json", "a2a-version": "1.0" };
const ask = (path: string, init: RequestInit = {}) => fetch(serving.url + path, { headers: json, ...init });
const post = (path: string, body: string, headers: Record<string, string> = json) =>
  ask(path, { method: "POST", headers, body });

type Bindings = "JSON-RPC" | "HTTP+JSON";

/** Checks the error of an answer in the form of its binding, and gives the first field it names. */
async function expectError(
  binding: Bindings,
  response: Response,
  reason: ErrorReason,
): Promise<string | undefined> {
  const row = errors[reason];
  const text = await response.text();
  const { error } = JSON.parse(text);
  const details = binding === "JSON-RPC" ? error.data : error.details;
  expect(details[0]).toMatchObject({ reason, domain: "a2a-protocol.org" });
  if (binding === "JSON-RPC") {
    expect(response.status).toBe("jsonrpcHttp" in row ? row.jsonrpcHttp : 200);
    expect(error.code).toBe(row.jsonrpc);
  } else {
    expect(response.status).toBe(row.http);
    expect(error).toMatchObject({ code: row.http, status: row.grpc });
  }
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(text).not.toMatch(/<html|\.(ts|js):\d/i);
  return details[1]?.fieldViolations?.[0].field;
}

const rpc = (method: string, params: string) =>
  post("/", `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);

const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "hi" }] };
const withPart = (part: unknown) => ({ message: { ...message, parts: [part] } });
const without = (field: string) => ({ message: { ...message, [field]: undefined } });
const configured = (configuration: object) => ({ message, configuration });
const deep = (open: string, close: string, core = "") => open.repeat(40_000) + core + close.repeat(40_000);

describe("messages to send", () => {
  const rows: [name: string, body: unknown, field: string][] = [
    ["no message", {}, "message"],
    ["a null message", { message: null }, "message"],
    ["a message that is text", { message: "hi" }, "message"],
    ["a message that is a list", { message: [message] }, "message"],
    ["no messageId", without("messageId"), "message.messageId"],
    ["an empty messageId", { message: { ...message, messageId: "" } }, "message.messageId"],
    ["no role", without("role"), "message.role"],
    ["an unknown role", { message: { ...message, role: "ROLE_ROBOT" } }, "message.role"],
    ["an unknown role number", { message: { ...message, role: 7 } }, "message.role"],
    ["a role of v0.3", { message: { ...message, role: "user" } }, "message.role"],
    ["no parts", without("parts"), "message.parts"],
    ["empty parts", { message: { ...message, parts: [] } }, "message.parts"],
    ["parts that are no list", { message: { ...message, parts: { text: "hi" } } }, "message.parts"],
    ["a null part", withPart(null), "message.parts[0]"],
    ["a part without content", withPart({}), "message.parts[0]"],
    ["a part with two contents", withPart({ text: "a", url: "https://a.test" }), "message.parts[0]"],
    ["a file part of v0.3", withPart({ kind: "file", file: { uri: "https://a.test" } }), "message.parts[0]"],
    ["a number as text", withPart({ text: 5 }), "message.parts[0].text"],
    ["bad base64", withPart({ raw: "a*b" }), "message.parts[0].raw"],
    ["metadata that is a list", { message, metadata: [] }, "metadata"],
    ["a negative historyLength", configured({ historyLength: -1 }), "configuration.historyLength"],
    ["a fraction as historyLength", configured({ historyLength: 1.5 }), "configuration.historyLength"],
    ["a historyLength that is no int32", configured({ historyLength: 1e10 }), "configuration.historyLength"],
    ["text as a boolean", configured({ returnImmediately: "yes" }), "configuration.returnImmediately"],
    [
      "text as a list",
      configured({ acceptedOutputModes: "text/plain" }),
      "configuration.acceptedOutputModes",
    ],
  ];
  it.each(rows)("%s", async (_, body, field) => {
    const text = JSON.stringify(body);
    expect(await expectError("JSON-RPC", await rpc("SendMessage", text), "INVALID_PARAMS")).toBe(field);
    expect(await expectError("JSON-RPC", await rpc("SendStreamingMessage", text), "INVALID_PARAMS")).toBe(
      field,
    );
    expect(await expectError("HTTP+JSON", await post("/message:send", text), "INVALID_PARAMS")).toBe(field);
    expect(await expectError("HTTP+JSON", await post("/message:stream", text), "INVALID_PARAMS")).toBe(field);
  });

  const part = (data: string) =>
    `{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":${data}}]}}`;
  const nested: [name: string, text: string, field: string][] = [
    ["metadata", `{"message":${JSON.stringify(message)},"metadata":{"a":${deep("[", "]")}}}`, "metadata"],
    ["data of lists", part(deep("[", "]")), "message.parts[0].data"],
    ["data of objects", part(deep('{"a":', "}", "1")), "message.parts[0].data"],
    [
      "a list of parts",
      `{"message":{"messageId":"m","role":"ROLE_USER","parts":${deep("[", "]")}}}`,
      "message.parts[0]",
    ],
  ];
  it.each(nested)("40,000-deep nesting in %s", async (_, text, field) => {
    expect(await expectError("JSON-RPC", await rpc("SendMessage", text), "INVALID_PARAMS")).toContain(field);
    expect(await expectError("HTTP+JSON", await post("/message:send", text), "INVALID_PARAMS")).toContain(
      field,
    );
  });

  it("40,000-deep nesting in an unknown field is ignored with it", async () => {
    const text = `{"message":${JSON.stringify(message)},"more":${deep("[", "]")}}`;
    for (const response of [await rpc("SendMessage", text), await post("/message:send", text)]) {
      expect(await response.text()).toContain("TASK_STATE_COMPLETED");
    }
  });
});

describe("lists", () => {
  const rows: [field: string, value: string | number][] = [
    ["pageSize", 0],
    ["pageSize", 101],
    ["pageSize", -1],
    ["pageSize", "x"],
    ["pageSize", "1.5"],
    ["pageToken", "not one of ours"],
    ["pageToken", "AAAA"],
    ["status", "TASK_STATE_NAPPING"],
    ["status", "working"],
    ["historyLength", -1],
    ["statusTimestampAfter", "yesterday"],
    ["statusTimestampAfter", "2026-02-30T00:00:00Z"],
    ["statusTimestampAfter", "2026-01-01"],
    ["includeArtifacts", "maybe"],
  ];
  it.each(rows)("%s %j", async (field, value) => {
    const onJsonrpc = await rpc("ListTasks", JSON.stringify({ [field]: value }));
    expect(await expectError("JSON-RPC", onJsonrpc, "INVALID_PARAMS")).toBe(field);
    const onHttpJson = await ask(`/tasks?${field}=${encodeURIComponent(value)}`);
    expect(await expectError("HTTP+JSON", onHttpJson, "INVALID_PARAMS")).toBe(field);
  });
});

describe("bodies", () => {
  const rows: [name: string, body: string, onJsonrpc: ErrorReason, onHttpJson: ErrorReason][] = [
    ["bad JSON", '{"a":', "PARSE_ERROR", "PARSE_ERROR"],
    ["not JSON at all", "hello", "PARSE_ERROR", "PARSE_ERROR"],
    ["nothing", "", "PARSE_ERROR", "INVALID_PARAMS"],
    ["a batch", "[{}]", "INVALID_REQUEST", "INVALID_REQUEST"],
    ["an empty batch", "[]", "INVALID_REQUEST", "INVALID_REQUEST"],
    ["null", "null", "INVALID_REQUEST", "INVALID_REQUEST"],
    ["text", '"hello"', "INVALID_REQUEST", "INVALID_REQUEST"],
    ["a number", "1", "INVALID_REQUEST", "INVALID_REQUEST"],
    ["40,000-deep lists", deep("[", "]"), "INVALID_REQUEST", "INVALID_REQUEST"],
    ["40,000 brackets", "[".repeat(40_000), "PARSE_ERROR", "PARSE_ERROR"],
    ["too large", " ".repeat(limit + 1), "PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE"],
  ];
  it.each(rows)("%s", async (_, body, onJsonrpc, onHttpJson) => {
    await expectError("JSON-RPC", await post("/", body), onJsonrpc);
    await expectError("HTTP+JSON", await post("/message:send", body), onHttpJson);
  });

  it.each([
    "text/plain",
    "application/xml",
    "application/jsonp",
    "application/json; charset=latin1",
    "multipart/form-data; boundary=x",
  ])("content type %s", async (type) => {
    const headers = { ...json, "content-type": type };
    await expectError("JSON-RPC", await post("/", "{}", headers), "CONTENT_TYPE_NOT_SUPPORTED");
    await expectError("HTTP+JSON", await post("/message:send", "{}", headers), "CONTENT_TYPE_NOT_SUPPORTED");
  });

  it("no content type", async () => {
    for (const [binding, path] of [
      ["JSON-RPC", "/"],
      ["HTTP+JSON", "/message:send"],
    ] as const) {
      const response = await ask(path, {
        method: "POST",
        headers: { "a2a-version": "1.0" },
        body: new Uint8Array([123, 125]),
      });
      await expectError(binding, response, "CONTENT_TYPE_NOT_SUPPORTED");
    }
  });

  it("duplicate keys: the last wins", async () => {
    const body = '{"id":"first","id":"last"}';
    for (const response of [await rpc("CancelTask", body), await rpc("GetTask", body)]) {
      const { error } = await (response.json() as Promise<{ error: { data: [{ metadata: object }] } }>);
      expect(error.data[0].metadata).toMatchObject({ taskId: "last" });
    }
    const sent = JSON.stringify({ message }).replace(
      '"messageId":"m"',
      '"messageId":"first","messageId":"last"',
    );
    for (const response of [await rpc("SendMessage", sent), await post("/message:send", sent)]) {
      const answered = await response.text();
      expect(answered).toContain('"messageId":"last"');
      expect(answered).not.toContain("first");
    }
  });

  it("__proto__ and constructor are fields like any other", async () => {
    const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const body = `{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":{${evil}}}],${evil},"metadata":{${evil}}},${evil}}`;
    for (const response of [await rpc("SendMessage", body), await post("/message:send", body)]) {
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("TASK_STATE_COMPLETED");
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await ask("/tasks?__proto__=1&constructor=2&toString=3")).status).toBe(200);
  });
});

describe("envelopes of JSON-RPC", () => {
  const rows: [body: object, reason: ErrorReason, field: string | undefined, id: unknown][] = [
    [{ id: 1, method: "GetTask" }, "INVALID_REQUEST", "jsonrpc", 1],
    [{ jsonrpc: "1.0", id: "a", method: "GetTask" }, "INVALID_REQUEST", "jsonrpc", "a"],
    [{ jsonrpc: 2, id: 1, method: "GetTask" }, "INVALID_REQUEST", "jsonrpc", 1],
    [{ jsonrpc: "2.0", id: {}, method: "GetTask" }, "INVALID_REQUEST", "id", null],
    [{ jsonrpc: "2.0", id: true, method: "GetTask" }, "INVALID_REQUEST", "id", null],
    [{ jsonrpc: "2.0", id: "x".repeat(1_001), method: "GetTask" }, "INVALID_REQUEST", "id", null],
    [{ jsonrpc: "2.0", id: 2 ** 60, method: "GetTask" }, "INVALID_REQUEST", "id", null],
    [{ jsonrpc: "2.0", id: 1 }, "INVALID_REQUEST", "method", 1],
    [{ jsonrpc: "2.0", id: 1, method: 7 }, "INVALID_REQUEST", "method", 1],
    [{ jsonrpc: "2.0", id: 1, method: "GetTask", params: ["t"] }, "INVALID_PARAMS", "params", 1],
    [{ jsonrpc: "2.0", id: 1, method: "GetTask", params: "t" }, "INVALID_PARAMS", "params", 1],
    [{ jsonrpc: "2.0", id: 1, method: "GetTask" }, "INVALID_PARAMS", "id", 1],
    [{ jsonrpc: "2.0", id: 1, method: "GetTask", params: null }, "INVALID_PARAMS", "id", 1],
    [{ jsonrpc: "2.0", id: 1, method: "message/send" }, "METHOD_NOT_FOUND", undefined, 1],
    [{ jsonrpc: "2.0", id: 1, method: "toString" }, "METHOD_NOT_FOUND", undefined, 1],
  ];
  it.each(rows)("%j", async (body, reason, field, id) => {
    const response = await post("/", JSON.stringify(body));
    expect(await response.clone().json()).toMatchObject({ jsonrpc: "2.0", id });
    expect(await expectError("JSON-RPC", response, reason)).toBe(field);
  });

  it("a notification is never answered, however bad", async () => {
    for (const body of [
      { jsonrpc: "2.0", method: "nothing" },
      { jsonrpc: "2.0", method: "GetTask", params: {} },
      { jsonrpc: "2.0", method: "SubscribeToTask", params: { id: "none" } },
    ]) {
      const response = await post("/", JSON.stringify(body));
      expect([response.status, await response.text()]).toEqual([204, ""]);
    }
  });

  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is not allowed", async (method) => {
    const response = await ask("/", { method });
    expect(response.headers.get("allow")).toBe("POST");
    await expectError("JSON-RPC", response, "METHOD_NOT_ALLOWED");
  });
});

describe("paths of HTTP+JSON", () => {
  const rows: [verb: string, path: string, reason: ErrorReason, allow?: string][] = [
    ["GET", "/nowhere", "METHOD_NOT_FOUND"],
    ["GET", "/v1/tasks/1/more", "METHOD_NOT_FOUND"],
    ["GET", "/tasks/", "METHOD_NOT_FOUND"],
    ["POST", "/v1/message/send", "METHOD_NOT_FOUND"],
    ["GET", "/message:send", "METHOD_NOT_ALLOWED", "POST"],
    ["PUT", "/tasks/1", "METHOD_NOT_ALLOWED", "GET"],
    ["DELETE", "/acme/tasks", "METHOD_NOT_ALLOWED", "GET"],
    ["PATCH", "/tasks/1:subscribe", "METHOD_NOT_ALLOWED", "GET, POST"],
    ["GET", "/tasks/%", "INVALID_REQUEST"],
    ["GET", "/tasks/%zz", "INVALID_REQUEST"],
    ["GET", "/tasks/%ff%fe", "INVALID_REQUEST"],
    ["GET", "/%c3%28/tasks", "INVALID_REQUEST"],
    ["GET", "/tasks?contextId=%ff", "INVALID_REQUEST"],
    ["GET", "/tasks?pageSize=5&contextId=%", "INVALID_REQUEST"],
    ["DELETE", "/tasks/1/pushNotificationConfigs/2?tenant=%zz", "INVALID_REQUEST"],
    ["GET", "/tasks/none", "TASK_NOT_FOUND"],
    ["POST", "/tasks/none:cancel", "TASK_NOT_FOUND"],
    ["GET", "/tasks/none:subscribe", "TASK_NOT_FOUND"],
    ["POST", "/tasks/none:subscribe", "TASK_NOT_FOUND"],
    ["GET", "/tasks/__proto__", "TASK_NOT_FOUND"],
  ];
  it.each(rows)("%s %s", async (verb, path, reason, allow) => {
    const response = await ask(path, { method: verb });
    expect(response.headers.get("allow")).toBe(allow ?? null);
    await expectError("HTTP+JSON", response, reason);
  });

  it("a field or tenant that contradicts the path", async () => {
    const cancel = await post("/tasks/1:cancel", '{"id":"2"}');
    expect(await expectError("HTTP+JSON", cancel, "INVALID_PARAMS")).toBe("id");
    const get = await ask("/tasks/1?id=2");
    expect(await expectError("HTTP+JSON", get, "INVALID_PARAMS")).toBe("id");
    const send = await post("/acme/message:send", JSON.stringify({ message, tenant: "other" }));
    expect(await expectError("HTTP+JSON", send, "INVALID_PARAMS")).toBe("tenant");
    const list = await ask("/acme/tasks?tenant=other");
    expect(await expectError("HTTP+JSON", list, "INVALID_PARAMS")).toBe("tenant");
    await expectError("HTTP+JSON", await post("/tasks/1:cancel", '{"id":"1"}'), "TASK_NOT_FOUND");
  });
});

describe("event ids", () => {
  it.each(["x", "-1", "1.5", "1e3", "1, 2", "1".repeat(16)])("%j is none", async (id) => {
    const headers = { ...json, "last-event-id": id };
    const body = '{"jsonrpc":"2.0","id":1,"method":"SubscribeToTask","params":{"id":"none"}}';
    for (const [binding, response] of [
      ["JSON-RPC", await post("/", body, headers)],
      ["HTTP+JSON", await ask("/tasks/none:subscribe", { headers })],
      ["HTTP+JSON", await post("/tasks/none:subscribe", "", headers)],
    ] as const) {
      expect(await expectError(binding, response, "INVALID_PARAMS")).toBe("Last-Event-ID");
    }
  });
});

describe("versions (3.6)", () => {
  it.each([undefined, "", "0.3", "1.1", "2.0", "one", "1", "1.0, 0.3"])(
    "%j is not supported",
    async (version) => {
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (version !== undefined) headers["a2a-version"] = version;
      const body = '{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":"none"}}';
      await expectError("JSON-RPC", await post("/", body, headers), "VERSION_NOT_SUPPORTED");
      await expectError("HTTP+JSON", await ask("/tasks/none", { headers }), "VERSION_NOT_SUPPORTED");
      const query = `A2A-Version=${encodeURIComponent(version ?? "")}`;
      const { "content-type": type } = headers;
      const bare = { "content-type": type as string };
      await expectError(
        "HTTP+JSON",
        await ask(`/tasks/none?${query}`, { headers: bare }),
        "VERSION_NOT_SUPPORTED",
      );
    },
  );

  it.each(["1.0", "1.0.0", "1.0.7"])("%s is", async (version) => {
    await expectError(
      "HTTP+JSON",
      await ask("/tasks/none", { headers: { "a2a-version": version } }),
      "TASK_NOT_FOUND",
    );
    await expectError(
      "HTTP+JSON",
      await ask(`/tasks/none?A2A-Version=${version}`, { headers: {} }),
      "TASK_NOT_FOUND",
    );
    await expectError(
      "HTTP+JSON",
      await ask(`/tasks/none?a2a-version=${version}`, { headers: {} }),
      "TASK_NOT_FOUND",
    );
  });
});

it("leaves memory where it was", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const large = `{"message":${" ".repeat(limit - 1_000)}`;
  const bad = [
    () => post("/", large),
    () => post("/message:send", large),
    () => post("/message:send", " ".repeat(limit + 1)),
    () => rpc("SendMessage", `{"metadata":{"a":${deep("[", "]")}}}`),
    () => post("/message:send", `{"message":{"parts":[${"{},".repeat(20_000)}{}]}}`),
    () => ask(`/tasks/${"x".repeat(10_000)}`),
    () => post("/", "[".repeat(limit)),
  ];
  const round = async (times: number) => {
    for (let i = 0; i < times; i++) for (const send of bad) await (await send()).arrayBuffer();
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await round(5);
  const after = await round(25);
  // 175 requests of up to 300 kB each: anything kept would be far above this.
  expect(after - before).toBeLessThan(4_000_000);
});
