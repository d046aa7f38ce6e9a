/** 0.3 on the wire: which version a request asks for, what its answers, errors and cards look like. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearerTokens } from "../../src/auth/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { errors } from "../../src/protocol/index.js";
import { agent, online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online();
});
afterAll(() => serving.close());

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly method?: string;
}

async function ask(
  path: string,
  { headers, body, method = body === undefined ? "GET" : "POST" }: Asked = {},
) {
  const answer = await fetch(serving.url + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = () => JSON.parse(text);
  return { status: answer.status, headers: answer.headers, text, json };
}

const rpc = (method: string, params?: unknown, headers?: Record<string, string>) =>
  ask("/", { headers, body: { jsonrpc: "2.0", id: 7, method, params } });

const saying = (text: string, more: object = {}) => ({
  message: { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text }], ...more },
});
const sayingNow = { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "hello" }] } };

describe("which version", () => {
  it.each([undefined, "", "0.3", "0.3.0", "0.2"])("0.3 where A2A-Version is %s", async (version) => {
    const headers: Record<string, string> = version === undefined ? {} : { "a2a-version": version };
    const { result } = (await rpc("message/send", saying("hello"), headers)).json();
    expect(result).toMatchObject({ kind: "task", status: { state: "completed" } });
  });

  it("1.0 where it is named", async () => {
    const current = { "a2a-version": "1.0" };
    expect((await rpc("SendMessage", sayingNow, current)).json().result.task.status.state).toBe(
      "TASK_STATE_COMPLETED",
    );
    expect((await rpc("message/send", saying("hello"), current)).json().error.code).toBe(-32601);
  });

  it("says what a method of 1.0 lacks", async () => {
    const { error } = (await rpc("SendMessage", sayingNow)).json();
    expect(error).toMatchObject({ code: -32601, message: expect.stringContaining("A2A-Version: 1.0") });
  });

  it("none that nobody speaks", async () => {
    const { error } = (await rpc("SendMessage", sayingNow, { "a2a-version": "2.0" })).json();
    expect(error.code).toBe(errors.VERSION_NOT_SUPPORTED.jsonrpc);
    expect(error.message).toBe('A2A version "2.0" is not supported; supported: 1.0, 0.3, 0.2');
    expect(error.data[0].metadata).toEqual({ supportedVersions: "1.0,0.3,0.2" });
  });

  it("1.0 on its routes, named", async () => {
    const unnamed = await ask("/message:send", { body: sayingNow });
    expect(unnamed.json().error.details[0].reason).toBe("VERSION_NOT_SUPPORTED");
    expect(unnamed.json().error.message).toMatch(
      "is spoken elsewhere, as the agent's card says; here it is 1.0",
    );
    const { task } = (
      await ask("/message:send", { body: sayingNow, headers: { "a2a-version": "1.0" } })
    ).json();
    expect(task.status.state).toBe("TASK_STATE_COMPLETED");
  });

  it("0.3 below /v1, which is a tenant of 1.0", async () => {
    expect((await ask("/v1/tasks/none")).json()).toMatchObject({ code: -32001 });
    const current = await ask("/v1/tasks/none", { headers: { "a2a-version": "1.0" } });
    expect(current.json().error.details[0].reason).toBe("TASK_NOT_FOUND");
  });
});

describe("JSON-RPC", () => {
  const codeOf = async (method: string, params: unknown) => (await rpc(method, params)).json().error.code;

  it.each([
    ["no params", undefined],
    ["no parts", saying("", { parts: [] })],
    ["a part of no kind", saying("", { parts: [{ text: "x" }] })],
    ["a part of an unknown kind", saying("", { parts: [{ kind: "video", text: "x" }] })],
    ["a file that is none", saying("", { parts: [{ kind: "file", file: {} }] })],
    ["a file twice", saying("", { parts: [{ kind: "file", file: { bytes: "", uri: "https://a" } }] })],
    ["data that is nothing", saying("", { parts: [{ kind: "data" }] })],
    ["a part that is text", saying("", { parts: ["x"] })],
    ["an unknown role", saying("x", { role: "ghost" })],
    ["no message id", saying("x", { messageId: undefined })],
    ["a message that is text", { message: "x" }],
    ["blocking that is text", { ...saying("x"), configuration: { blocking: "no" } }],
    ["a negative history", { ...saying("x"), configuration: { historyLength: -1 } }],
  ])("refuses %s", async (_, params) => {
    expect(await codeOf("message/send", params)).toBe(-32602);
  });

  it("has the codes of 0.3", async () => {
    expect(await codeOf("tasks/get", { id: "none" })).toBe(-32001);
    expect(await codeOf("tasks/pushNotificationConfig/get", { id: "none" })).toBe(-32001);
    expect(await codeOf("agent/getAuthenticatedExtendedCard", {})).toBe(-32004);
    expect(await codeOf("tasks/list", {})).toBe(-32601);
    const { result } = (await rpc("message/send", saying("hello"))).json();
    expect(await codeOf("tasks/cancel", { id: result.id })).toBe(-32002);
  });

  it("answers errors as events where only events are read", async () => {
    const answer = await rpc("message/stream", { message: {} }, { accept: "text/event-stream" });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(JSON.parse(answer.text.replace(/^data: /, ""))).toMatchObject({ id: 7, error: { code: -32602 } });
  });

  it("streams until the client's turn, and no further", async () => {
    const asked = (await rpc("message/send", saying("ask me"))).json().result;
    expect(asked.status).toMatchObject({
      state: "input-required",
      message: { kind: "message", role: "agent", parts: [{ kind: "text", text: "Which one?" }] },
    });
    const resubscribed = await fetch(serving.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 8, method: "tasks/resubscribe", params: { id: asked.id } }),
    });
    const events = await rpc("message/stream", saying("this", { taskId: asked.id }));
    expect(events.text.match(/"final":(true|false)/g)?.at(-1)).toBe('"final":true');
    expect(await resubscribed.text()).toContain('"final":true');
  });

  it("keeps one configuration per task where none is named", async () => {
    const { id } = (
      await rpc("message/send", { ...saying("wait"), configuration: { blocking: false } })
    ).json().result;
    for (const path of ["a", "b"]) {
      const pushNotificationConfig = { url: `http://127.0.0.1:9/${path}` };
      await rpc("tasks/pushNotificationConfig/set", { taskId: id, pushNotificationConfig });
    }
    const expected = { taskId: id, pushNotificationConfig: { id, url: "http://127.0.0.1:9/b" } };
    expect((await rpc("tasks/pushNotificationConfig/get", { id })).json().result).toEqual(expected);
    expect((await rpc("tasks/pushNotificationConfig/list", { id })).json().result).toEqual([expected]);
    const gone = await rpc("tasks/pushNotificationConfig/delete", { id, pushNotificationConfigId: id });
    expect(gone.json()).toEqual({ jsonrpc: "2.0", id: 7, result: null });
    await rpc("tasks/cancel", { id });
  });

  it("has extensions in the header field of 0.3", async () => {
    const uri = "urn:example:extension";
    const card = { ...agent.card, capabilities: { extensions: [{ uri }] } };
    await using other = await online({}, { ...agent, card });
    const answer = await fetch(other.url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-a2a-extensions": uri },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "message/send", params: saying("hello") }),
    });
    await answer.text();
    expect(answer.headers.get("x-a2a-extensions")).toBe(uri);
    expect(answer.headers.get("a2a-extensions")).toBeNull();
  });
});

describe("HTTP+JSON", () => {
  it("answers in the form it is written to", async () => {
    const kind = (await ask("/v1/message:send", { body: saying("hello") })).json();
    expect(kind.task).toMatchObject({ kind: "task", status: { state: "completed" } });
    const message = { message_id: "m", role: "ROLE_USER", content: [{ text: "hello" }] };
    const proto = (await ask("/v1/message:send", { body: { message } })).json();
    expect(proto.task).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      history: [{ messageId: "m", role: "ROLE_USER", content: [{ text: "hello" }] }, {}],
    });
    expect(proto.task).not.toHaveProperty("kind");
  });

  it("spells one state as its proto does", async () => {
    const message = { messageId: "m", role: "ROLE_USER", content: [{ text: "wait" }] };
    const sent = await ask("/v1/message:send", { body: { message, configuration: { blocking: false } } });
    const canceled = await ask(`/v1/tasks/${sent.json().task.id}:cancel`, { method: "POST" });
    expect(canceled.json().status.state).toBe("TASK_STATE_CANCELLED");
  });

  it("takes an emptied configuration for one that said not to block", async () => {
    const message = { messageId: "m", role: "ROLE_USER", content: [{ text: "wait" }] };
    const { task } = (await ask("/v1/message:send", { body: { message, configuration: {} } })).json();
    expect(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"]).toContain(task.status.state);
    await ask(`/v1/tasks/${task.id}:cancel`, { method: "POST" });
  });

  it.each([
    ["GET", "/v1/tasks/none", undefined, 404, -32001, "TaskNotFoundError"],
    ["GET", "/v1/nothing", undefined, 404, -32601, "MethodNotFoundError"],
    ["GET", "/v1/tenant/tasks/none", undefined, 404, -32601, "MethodNotFoundError"],
    ["GET", "/v1/extendedAgentCard", undefined, 404, -32601, "MethodNotFoundError"],
    ["POST", "/v1/card", {}, 405, -32601, "MethodNotAllowedError"],
    ["GET", "/v1/card", undefined, 400, -32004, "UnsupportedOperationError"],
    ["POST", "/v1/message:send", { message: {} }, 400, -32602, "InvalidParamsError"],
    ["POST", "/v1/message:send", [], 400, -32600, "InvalidRequestError"],
    ["GET", "/v1/tasks/none?historyLength=x", undefined, 400, -32602, "InvalidParamsError"],
  ])("%s %s is refused", async (method, path, body, status, code, error) => {
    const answer = await ask(path, { method, body });
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code, error, message: expect.any(String) });
  });

  it("answers 409 where a task cannot be canceled", async () => {
    const { task } = (await ask("/v1/message:send", { body: saying("hello") })).json();
    const answer = await ask(`/v1/tasks/${task.id}:cancel`, { method: "POST" });
    expect([answer.status, answer.json().code]).toEqual([409, -32002]);
  });
});

describe("the card", () => {
  const path = "/.well-known/agent-card.json";
  const card = async (version?: string) =>
    ask(path, version === undefined ? {} : { headers: { "a2a-version": version } });

  it("is one of 0.3 for those who ask for it", async () => {
    const older = (await card("0.3")).json();
    expect(older).toMatchObject({
      protocolVersion: "0.3.0",
      url: `${serving.url}/`,
      preferredTransport: "JSONRPC",
    });
    expect(older).not.toHaveProperty("supportedInterfaces");
    expect(older.capabilities).not.toHaveProperty("extendedAgentCard");
  });

  it("is one of 1.0 for those who ask for it", async () => {
    const current = (await card("1.0")).json();
    expect(current).toEqual(serving.card);
    expect(current).not.toHaveProperty("preferredTransport");
    const interfaces = current.supportedInterfaces as { protocolBinding: string; protocolVersion: string }[];
    expect(interfaces.map((each) => `${each.protocolBinding} ${each.protocolVersion}`)).toEqual([
      "JSONRPC 1.0",
      "HTTP+JSON 1.0",
      "JSONRPC 0.3",
      "HTTP+JSON 0.3",
    ]);
  });

  it("is both for everybody else", async () => {
    const merged = (await card()).json();
    expect(merged).toMatchObject((await card("1.0")).json());
    expect(merged).toMatchObject((await card("0.3")).json());
  });

  it("has an ETag for each, and says what it varies by", async () => {
    const cards = await Promise.all([card(), card("1.0"), card("0.3")]);
    expect(new Set(cards.map(({ headers }) => headers.get("etag"))).size).toBe(3);
    for (const { headers } of cards) expect(headers.get("vary")).toContain("a2a-version");
    const etag = cards[2].headers.get("etag") ?? "";
    const again = (version: string) =>
      ask(path, { headers: { "a2a-version": version, "if-none-match": etag } });
    expect([(await again("0.3")).status, (await again("1.0")).status]).toEqual([304, 200]);
  });

  it("has schemes that both can read", async () => {
    const authenticator = bearerTokens({ token: { id: "ada" } });
    await using other = await online({ authenticator });
    const merged = JSON.parse(await (await fetch(other.url + path)).text());
    const [[name, scheme] = []] = Object.entries(merged.securitySchemes) as [string, object][];
    expect(scheme).toMatchObject({
      type: "http",
      scheme: "Bearer",
      httpAuthSecurityScheme: { scheme: "Bearer" },
    });
    expect(merged.security).toEqual([{ [name as string]: [] }]);
    expect(merged.securityRequirements).toEqual([{ schemes: { [name as string]: { list: [] } } }]);
  });

  it("is the one of 1.0 alone where nothing else is spoken", async () => {
    await using other = await online({ versions: [] });
    const only = await (await fetch(other.url + path)).json();
    expect(only).toEqual(other.card);
    expect(only).not.toHaveProperty("url");
  });
});

it("authenticates, and has an extended card", async () => {
  const extendedCard = { ...serving.card, description: "For you" };
  await using other = await online({ authenticator: bearerTokens({ token: { id: "ada" } }), extendedCard });
  const call = (headers: Record<string, string>) =>
    fetch(other.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "agent/getAuthenticatedExtendedCard" }),
    });
  const refused = await call({});
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
    401,
    expect.stringContaining("Bearer"),
  ]);
  const { result } = JSON.parse(await (await call({ authorization: "Bearer token" })).text());
  expect(result).toMatchObject({ protocolVersion: "0.3.0", description: "For you" });
  const routed = await fetch(`${other.url}/v1/card`, { headers: { authorization: "Bearer token" } });
  expect(await routed.json()).toEqual(result);
});
