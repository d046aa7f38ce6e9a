/** Subscribing to a task that has ended: in 0.3 one event, the task, on every binding (a2a.proto, TaskSubscription). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, memoryCardCache } from "../../src/client/index.js";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import { grpc } from "../../src/grpc.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online({ versions: [v0_3, v0_1], grpc: {} });
});
afterAll(() => serving.close());

const json = { "content-type": "application/json" };

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(serving.url + path, {
    method: "POST",
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
  return { type: answer.headers.get("content-type"), text: await answer.text() };
}

const rpc = (method: string, params: object, headers?: Record<string, string>) =>
  post("/", { jsonrpc: "2.0", id: 7, method, params }, headers);

async function ended(state: string): Promise<string> {
  const message = { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: state }] };
  const { result } = JSON.parse((await rpc("message/send", { message })).text);
  return result.id;
}

const dataOf = (text: string) =>
  text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6))] : []));

describe.each([
  ["JSONRPC", "hello", "completed"],
  ["HTTP+JSON", "hello", "completed"],
  ["GRPC", "hello", "completed"],
  ["JSONRPC", "fail", "failed"],
  ["HTTP+JSON", "fail", "failed"],
  ["GRPC", "fail", "failed"],
] as const)("our client of 0.3 over %s, “%s”", (binding, text, state) => {
  it("gets the task, and the end", async () => {
    const id = await ended(text);
    const client = await connect(serving.url, {
      versions: [v0_3],
      transports: [grpc()],
      bindings: [binding],
      headers: { "a2a-version": "0.3" },
      cardCache: memoryCardCache(),
    });
    expect(client.interface).toMatchObject({ protocolBinding: binding, protocolVersion: "0.3.0" });
    const events: unknown[] = [];
    for await (const event of client.subscribeToTask({ id })) events.push(event);
    expect(events).toEqual([{ task: await client.getTask({ id }) }]);
    expect(events).toMatchObject([
      { task: { id, status: { state: `TASK_STATE_${state.toUpperCase()}` }, history: [{}, {}] } },
    ]);
    client.close();
  });
});

it("over JSON-RPC it is the task with its kind", async () => {
  const id = await ended("hello");
  const { type, text } = await rpc("tasks/resubscribe", { id });
  expect(type).toBe("text/event-stream");
  const task = JSON.parse((await rpc("tasks/get", { id })).text).result;
  expect(task.kind).toBe("task");
  expect(dataOf(text)).toEqual([{ jsonrpc: "2.0", id: 7, result: task }]);
});

it.each(["GET", "POST"])("over HTTP+JSON it is the task inside a StreamResponse, by %s", async (method) => {
  const id = await ended("hello");
  const answer = await fetch(`${serving.url}/v1/tasks/${id}:subscribe`, { method });
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const task = await (await fetch(`${serving.url}/v1/tasks/${id}`)).json();
  expect(dataOf(await answer.text())).toEqual([{ task }]);
});

it("what came after an event is still to be had by its number", async () => {
  const id = await ended("hello");
  const { text } = await rpc("tasks/resubscribe", { id }, { "last-event-id": "1" });
  expect(dataOf(text).map(({ result }) => result.kind)).toEqual([
    "status-update",
    "artifact-update",
    "status-update",
  ]);
});

it("a task that is not there is an error as ever", async () => {
  const { text } = await rpc("tasks/resubscribe", { id: "none" });
  expect(JSON.parse(text)).toMatchObject({ error: { code: -32001 } });
  expect((await fetch(`${serving.url}/v1/tasks/none:subscribe`)).status).toBe(404);
});

it("in 1.0 and in 0.1 it is an error", async () => {
  const id = await ended("hello");
  const current = await rpc("SubscribeToTask", { id }, { "a2a-version": "1.0" });
  expect(JSON.parse(current.text)).toMatchObject({ error: { code: -32004 } });

  const message = { role: "user", parts: [{ type: "text", text: "hello" }] };
  await post("/v0.1", { jsonrpc: "2.0", id: 7, method: "tasks/send", params: { id: "mine", message } });
  const first = { jsonrpc: "2.0", id: 7, method: "tasks/resubscribe", params: { id: "mine" } };
  for (const path of ["/", "/v0.1"])
    expect(JSON.parse((await post(path, first)).text)).toMatchObject({ error: { code: -32004 } });
});
