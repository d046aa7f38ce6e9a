/** The list of bad requests that 1.0 is tried with, in the shapes of older versions: the same meaning, their codes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { online } from "./rig.js";

const limit = 300_000;
let serving: Serving;
beforeAll(async () => {
  serving = await online({ versions: [v0_3, v0_1], limits: { bodyBytes: limit } });
});
afterAll(() => serving.close());

const json = { "content-type": "application/json" };

/** How a version says what all of them can say. */
interface Dialect {
  readonly path: string;
  /** The JSON-RPC method; none over plain HTTP. */
  readonly method?: string;
  /** What tells parts apart. */
  readonly tag?: "kind" | "type";
  readonly user: string;
  readonly parts: "parts" | "content";
  /** What every request has besides. */
  readonly more?: object;
}

const dialects: Record<string, Dialect> = {
  "0.3 over JSON-RPC": { path: "/", method: "message/send", tag: "kind", user: "user", parts: "parts" },
  "0.3 over HTTP+JSON": { path: "/v1/message:send", tag: "kind", user: "user", parts: "parts" },
  "0.3 in ProtoJSON": { path: "/v1/message:send", user: "ROLE_USER", parts: "content" },
  "0.1 over JSON-RPC": {
    path: "/v0.1",
    method: "tasks/send",
    tag: "type",
    user: "user",
    parts: "parts",
    more: { id: "t" },
  },
  "0.1 over plain HTTP": { path: "/tasks/send", tag: "type", user: "user", parts: "parts" },
};

describe.each(Object.entries(dialects))("%s", (_, dialect) => {
  const { path, method, tag, user, parts, more } = dialect;
  const post = (body: string, headers: Record<string, string> = json) =>
    fetch(serving.url + path, { method: "POST", headers, body });
  const send = (params: string) =>
    post(method === undefined ? params : `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);
  /** The error's code, and the status where that says something. */
  const errorOf = async (response: Response) => {
    const body = (await response.json()) as { error?: { code?: number }; code?: number };
    return method === undefined ? [response.status, body.code] : [response.status, body.error?.code];
  };
  const refused = (code: number, status: number, jsonrpcStatus = 200) => [
    method === undefined ? status : jsonrpcStatus,
    code,
  ];
  const invalid = refused(-32602, 400);

  const part = (kind: string, content: object) => (tag ? { [tag]: kind, ...content } : content);
  const message = (fields: object = {}) => ({
    messageId: "m",
    role: user,
    [parts]: [part("text", { text: "hi" })],
    ...fields,
  });
  const withPart = (value: unknown) => ({ message: message({ [parts]: [value] }) });
  const file = (content: object) => withPart(part("file", { file: content }));
  const bytes = tag ? "bytes" : "fileWithBytes";
  const uri = tag ? "uri" : "fileWithUri";
  const settings = (fields: object) =>
    tag === "type" ? { message: message(), ...fields } : { message: message(), configuration: fields };

  const rows: [name: string, params: object][] = [
    ["no message", {}],
    ["a null message", { message: null }],
    ["a message that is text", { message: "hi" }],
    ["a message that is a list", { message: [message()] }],
    ["no role", { message: message({ role: undefined }) }],
    ["an unknown role", { message: message({ role: "robot" }) }],
    ["an unknown role number", { message: message({ role: 7 }) }],
    ["no parts", { message: message({ [parts]: undefined }) }],
    ["empty parts", { message: message({ [parts]: [] }) }],
    ["parts that are no list", { message: message({ [parts]: { text: "hi" } }) }],
    ["a null part", withPart(null)],
    ["a part that is text", withPart("hi")],
    ["a part without content", withPart({})],
    ["a part of an unknown kind", withPart(part("video", { video: "x" }))],
    ["a number as text", withPart(part("text", { text: 5 }))],
    ["a file that is none", file({})],
    ["a file twice", file({ [bytes]: "aGk=", [uri]: "https://a.test" })],
    ["bad base64", file({ [bytes]: "a*b" })],
    ["metadata that is a list", { message: message({ metadata: [] }) }],
    ["a negative historyLength", settings({ historyLength: -1 })],
    ["a fraction as historyLength", settings({ historyLength: 1.5 })],
    ["a historyLength that is no int32", settings({ historyLength: 1e10 })],
    ["text as a list", settings({ acceptedOutputModes: "text/plain" })],
  ];
  it.each(rows)("%s", async (_, params) => {
    expect(await errorOf(await send(JSON.stringify({ ...more, ...params })))).toEqual(invalid);
  });

  const deep = (open: string, close: string, core = "") => open.repeat(40_000) + core + close.repeat(40_000);
  const filled = (params: object, value: string) =>
    JSON.stringify({ ...more, ...params }).replace('"HERE"', value);
  const data = withPart(part("data", { data: tag ? { a: "HERE" } : { data: { a: "HERE" } } }));

  it.each([
    ["metadata", { message: message({ metadata: { a: "HERE" } }) }],
    ["data", data],
  ])("40,000-deep nesting in %s", async (_, params) => {
    for (const value of [deep("[", "]"), deep('{"a":', "}", "1")])
      expect(await errorOf(await send(filled(params, value)))).toEqual(invalid);
  });

  it("40,000-deep nesting in an unknown field is ignored with it", async () => {
    const answer = await send(filled({ message: message(), unknown: "HERE" }, deep("[", "]")));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"status"')]);
  });

  it("__proto__ and constructor are fields like any other", async () => {
    const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const plain = { message: message({ metadata: { HERE: 1 } }) };
    const params = JSON.stringify({ ...more, ...plain }).replace('"HERE":1', evil);
    expect((await send(params)).status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each([
    ["bad JSON", '{"a":', refused(-32700, 400)],
    ["not JSON at all", "hello", refused(-32700, 400)],
    ["a batch", "[{}]", refused(-32600, 400)],
    ["null", "null", method === undefined && path.startsWith("/v1") ? invalid : refused(-32600, 400)],
    ["text", '"hello"', refused(-32600, 400)],
    ["40,000 brackets", "[".repeat(40_000), refused(-32700, 400)],
    ["too large", " ".repeat(limit + 1), refused(-31413, 413, 413)],
  ])("a body that is %s", async (_, body, expected) => {
    expect(await errorOf(await post(body))).toEqual(expected);
  });

  it.each(["text/plain", "application/xml", "application/json; charset=latin1"])(
    "content type %s",
    async (type) => {
      const status = path.startsWith("/v1") ? 415 : 400;
      expect(await errorOf(await post("{}", { "content-type": type }))).toEqual(refused(-32005, status));
    },
  );
});
