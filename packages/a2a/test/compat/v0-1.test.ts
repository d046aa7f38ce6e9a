/** The first A2A on the wire: JSON-RPC with ids that clients choose, and the plain HTTP of tutorials. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bearerTokens } from "../../src/auth/index.js";
import { connect } from "../../src/client/index.js";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { receiver } from "../push/support.js";
import { online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online({ versions: [v0_3, v0_1] });
});
afterAll(() => serving.close());

async function post(path: string, body: unknown, headers: Record<string, string> = {}, url = serving.url) {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

const rpc = (method: string, params: unknown, path = "/v0.1", headers?: Record<string, string>) =>
  post(path, { jsonrpc: "2.0", id: 1, method, params }, headers);
/** A stream that has begun. */
const open = (method: string, params: unknown, path: string) =>
  fetch(serving.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
const resultOf = async (...call: Parameters<typeof rpc>) => (await rpc(...call)).json().result;
const codeOf = async (...call: Parameters<typeof rpc>) => (await rpc(...call)).json().error?.code;

const saying = (text: string, more: object = {}) => ({
  message: { role: "user", parts: [{ type: "text", text }] },
  ...more,
});
const name = () => crypto.randomUUID();

const events = (text: string) =>
  text
    .split("\n\n")
    .flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data).result);

describe.each(["/v0.1", "/"])("JSON-RPC at %s", (path) => {
  it("sends, gets, and keeps the client's id", async () => {
    const id = name();
    const sent = await resultOf("tasks/send", { id, sessionId: `s-${id}`, ...saying("hello") }, path);
    expect(sent).toMatchObject({
      id,
      sessionId: `s-${id}`,
      status: { state: "completed" },
      artifacts: [{ index: 0, parts: [{ type: "text", text: "hello" }] }],
    });
    expect(sent).not.toHaveProperty("kind");
    expect(await resultOf("tasks/get", { id }, path)).toEqual(sent);
    const { history } = await resultOf("tasks/get", { id, historyLength: 5 }, path);
    expect(history[0]).toEqual({ role: "user", parts: [{ type: "text", text: "hello" }] });
  });

  it("goes on with a task that waits, and makes another where one has ended", async () => {
    const id = name();
    expect((await resultOf("tasks/send", { id, ...saying("ask me") }, path)).status).toMatchObject({
      state: "input-required",
      message: { role: "agent", parts: [{ type: "text", text: "Which one?" }] },
    });
    const answered = await resultOf("tasks/send", { id, ...saying("this") }, path);
    expect(answered.artifacts[0].parts[0].text).toBe("You chose this");
    const again = await resultOf("tasks/send", { id, ...saying("hello again") }, path);
    expect(again).toMatchObject({ id, artifacts: [{ parts: [{ text: "hello again" }] }] });
    expect(await resultOf("tasks/get", { id }, path)).toEqual(again);
  });

  it("streams", async () => {
    const id = name();
    const got = events((await rpc("tasks/sendSubscribe", { id, ...saying("pieces") }, path)).text);
    expect(got.every((event) => event.id === id)).toBe(true);
    expect(got.map((event) => event.status?.state ?? event.artifact.parts[0].text)).toEqual([
      "submitted",
      "working",
      "a",
      "b",
      "c",
      "completed",
    ]);
    expect(got[3].artifact).toMatchObject({ index: 0, append: true });
    expect(got.map((event) => event.final)).toEqual([false, false, undefined, undefined, undefined, true]);
  });

  it("answers at once as a task that has ended", async () => {
    const id = name();
    expect(await resultOf("tasks/send", { id, ...saying("message me") }, path)).toMatchObject({
      id,
      status: { state: "completed" },
      artifacts: [{ index: 0, parts: [{ type: "text", text: "You said message me" }] }],
    });
    const got = events((await rpc("tasks/sendSubscribe", { id, ...saying("message me") }, path)).text);
    expect(got.at(-1)).toMatchObject({ id, final: true, status: { state: "completed" } });
  });

  it("cancels, resubscribes, and has one webhook", async () => {
    const id = name();
    const waiting = await open("tasks/sendSubscribe", { id, ...saying("wait") }, path);
    const url = "http://127.0.0.1:9/hook";
    const config = { id, pushNotificationConfig: { url } };
    expect(await resultOf("tasks/pushNotification/set", config, path)).toEqual(config);
    expect(await resultOf("tasks/pushNotification/get", { id }, path)).toEqual(config);
    const resubscribed = await open("tasks/resubscribe", { id }, path);
    expect(await resultOf("tasks/cancel", { id }, path)).toMatchObject({ id, status: { state: "canceled" } });
    for (const stream of [waiting, resubscribed])
      expect(events(await stream.text()).at(-1)).toMatchObject({
        id,
        final: true,
        status: { state: "canceled" },
      });
    expect(await codeOf("tasks/cancel", { id }, path)).toBe(-32002);
  });

  it.each([
    ["no id", saying("x"), -32602],
    ["no parts", { id: "x", message: { role: "user", parts: [] } }, -32602],
    ["a part of no type", { id: "x", message: { role: "user", parts: [{ text: "x" }] } }, -32602],
    ["a part of an unknown type", { id: "x", message: { role: "user", parts: [{ type: "video" }] } }, -32602],
    ["no message", { id: "x" }, -32602],
    ["an unknown role", { id: "x", message: { role: "ghost", parts: [{ type: "text", text: "" }] } }, -32602],
  ])("refuses %s", async (_, params, code) => {
    expect(await codeOf("tasks/send", params, path)).toBe(code);
  });

  it("knows nothing of tasks that are not there", async () => {
    expect(await codeOf("tasks/get", { id: "none" }, path)).toBe(-32001);
    expect(await codeOf("tasks/nothing", { id: "none" }, path)).toBe(-32601);
  });
});

it("means the newest of many tasks of a name", async () => {
  const id = name();
  for (let nth = 0; nth < 20; nth++) {
    const sent = await resultOf("tasks/send", { id, sessionId: `s-${id}`, ...saying(`number ${nth}`) });
    expect(sent.artifacts[0].parts[0].text).toBe(`number ${nth}`);
    expect(await resultOf("tasks/get", { id })).toEqual(sent);
  }
  const client = await connect(serving.url);
  expect((await client.listTasks({ contextId: `s-${id}` })).totalSize).toBe(20);
});

describe("one URL for all", () => {
  it("tells by the task which version a shared method is in", async () => {
    const id = name();
    await rpc("tasks/send", { id, ...saying("hello") }, "/");
    expect(await resultOf("tasks/get", { id }, "/")).not.toHaveProperty("kind");
    const message = {
      kind: "message",
      messageId: "m",
      role: "user",
      parts: [{ kind: "text", text: "hello" }],
    };
    const newer = await resultOf("message/send", { message }, "/");
    expect(await resultOf("tasks/get", { id: newer.id }, "/")).toMatchObject({ kind: "task" });
  });

  it("shares tasks with clients of 1.0", async () => {
    const id = name();
    const { sessionId } = await resultOf("tasks/send", { id, sessionId: `s-${id}`, ...saying("ask me") });
    const client = await connect(serving.url);
    const { tasks } = await client.listTasks({ contextId: sessionId });
    expect(tasks).toMatchObject([{ status: { state: "TASK_STATE_INPUT_REQUIRED" } }]);
    await client.sendMessage("that", { taskId: tasks[0]?.id });
    expect((await resultOf("tasks/get", { id })).artifacts[0].parts[0].text).toBe("You chose that");
  });

  it("has a card for each, and one for all", async () => {
    const path = "/.well-known/agent.json";
    const card = async (headers: Record<string, string>) =>
      JSON.parse(await (await fetch(serving.url + path, { headers })).text());
    expect(await card({ "a2a-version": "0.1" })).toMatchObject({
      url: `${serving.url}/v0.1`,
      capabilities: { streaming: true, pushNotifications: true, stateTransitionHistory: false },
    });
    expect(await card({})).toMatchObject({ url: `${serving.url}/`, preferredTransport: "JSONRPC" });
  });
});

describe("plain HTTP", () => {
  const get = async (id: string) => {
    const answer = await fetch(`${serving.url}/tasks/${id}`);
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };

  it.each([{}, { id: "mine" }])("is sent and polled, with %j", async (more) => {
    const { status, json } = await post("/tasks/send", { ...saying("hello"), ...more });
    expect(status).toBe(200);
    const { id } = json();
    if (more.id) expect(id).toBe(more.id);
    await vi.waitFor(async () => expect((await get(id)).body.status.state).toBe("completed"));
    expect((await get(id)).body.artifacts[0].parts[0].text).toBe("hello");
  });

  it("is told of errors by status", async () => {
    expect(await get("none")).toMatchObject({ status: 404, body: { code: -32001 } });
    expect(await post("/tasks/send", { message: {} })).toMatchObject({ status: 400 });
    expect(await post("/tasks/send", [])).toMatchObject({ status: 400 });
  });

  it("leaves the routes of 1.0 to those who name it", async () => {
    const answer = await fetch(`${serving.url}/tasks/none`, { headers: { "a2a-version": "1.0" } });
    expect(JSON.parse(await answer.text()).error.details[0].reason).toBe("TASK_NOT_FOUND");
  });
});

it("has names that are their caller's own", async () => {
  const authenticator = bearerTokens({ one: { id: "ada" }, two: { id: "bob" } });
  await using other = await online({ versions: [v0_1], authenticator });
  const call = async (token: string, method: string, params: object) => {
    const body = { jsonrpc: "2.0", id: 1, method, params };
    return (await post("/v0.1", body, { authorization: `Bearer ${token}` }, other.url)).json();
  };
  await call("one", "tasks/send", { id: "same", ...saying("hello from ada") });
  expect((await call("two", "tasks/get", { id: "same" })).error.code).toBe(-32001);
  await call("two", "tasks/send", { id: "same", ...saying("hello from bob") });
  const texts = await Promise.all(
    ["one", "two"].map(
      async (token) => (await call(token, "tasks/get", { id: "same" })).result.artifacts[0].parts[0].text,
    ),
  );
  expect(texts).toEqual(["hello from ada", "hello from bob"]);
});

it("makes one task where two calls of one name come at once", async () => {
  const id = name();
  const both = await Promise.all([1, 2].map(() => rpc("tasks/send", { id, ...saying("ask me") })));
  const states = both.map(({ json }) => json().result?.status.state ?? json().error.code);
  expect(states).toContain("input-required");
  const client = await connect(serving.url);
  const { id: kept, sessionId } = await resultOf("tasks/get", { id });
  expect(kept).toBe(id);
  expect((await client.listTasks({ contextId: sessionId })).tasks).toHaveLength(1);
});

it("tells webhooks how the task stands, by the client's name of it", async () => {
  const { url, got } = await receiver();
  const id = name();
  await rpc("tasks/send", { id, ...saying("hello"), pushNotification: { url } });
  await vi.waitFor(() => expect(got.at(-1)?.body).toContain('"completed"'));
  expect(JSON.parse(got.at(-1)?.body ?? "")).toMatchObject({ id, artifacts: [{ index: 0 }] });
});
