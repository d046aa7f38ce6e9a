/** Our client with agents of 0.1: its user sees 1.0 only. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect, createClient, memoryCardCache, textOf } from "../../src/client/index.js";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import type { Part, StreamResponse } from "../../src/protocol/index.js";
import { type FirstAgent, firstAgent } from "./first-agent.js";
import { olderServer } from "./js-sdk-0.3-server.js";
import { online } from "./rig.js";

const versions = [v0_3, v0_1];
const client = (url: string) => connect(url, { versions, cardCache: memoryCardCache() });

async function all(stream: AsyncIterable<StreamResponse>): Promise<StreamResponse[]> {
  const events: StreamResponse[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const refusals = {
  "as an invalid request, like the first SDK": { status: 400, code: -32600 },
  "as a method that is not there": { status: 200, code: -32601 },
};

describe.each(Object.entries(refusals))("an agent that refuses what it does not know %s", (_, unknown) => {
  let agent: FirstAgent;
  let first: Client;
  beforeAll(async () => {
    agent = await firstAgent({ unknown });
    first = await client(agent.url);
  });
  afterAll(() => agent.close());
  afterEach(() => {
    agent.calls.length = 0;
  });
  const methods = () => agent.calls.map(({ method }) => method);

  it("is asked in the words of 0.2 once, and then in those of 0.1", async () => {
    expect(first.interface).toMatchObject({ protocolBinding: "JSONRPC", protocolVersion: "0.1" });
    const { task } = await first.sendMessage("hello");
    expect(task).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED", timestamp: "2025-04-09T10:11:12.123456Z" },
      artifacts: [{ artifactId: "0", name: "echo", parts: [{ text: "hello" }] }],
      history: [{ role: "ROLE_USER", parts: [{ text: "hello" }] }],
    });
    expect(methods()).toEqual(["message/send", "tasks/send"]);
    await first.sendMessage("again");
    expect(methods()).toEqual(["message/send", "tasks/send", "tasks/send"]);
    for (const { headers } of agent.calls) expect(headers).not.toHaveProperty("a2a-version");
  });

  it("is given ids, which it keeps", async () => {
    const { task } = await first.sendMessage("ask", { contextId: "mine" });
    expect(task).toMatchObject({ contextId: "mine", status: { state: "TASK_STATE_INPUT_REQUIRED" } });
    expect(textOf({ ...task, artifacts: [] } as never)).toBe("Which one?");
    const { task: answered } = await first.sendMessage("this", { taskId: task?.id, contextId: "mine" });
    expect(answered).toMatchObject({ id: task?.id, status: { state: "TASK_STATE_COMPLETED" } });
    expect(agent.calls.map(({ params }) => [params.id, params.sessionId])).toEqual([
      [task?.id, "mine"],
      [task?.id, "mine"],
    ]);
    expect(await first.getTask({ id: task?.id ?? "" })).toEqual(answered);
  });

  it("streams, beginning with a task", async () => {
    const stream = first.sendStreamingMessage("pieces", { contextId: "c" });
    const events = await all(stream);
    const id = agent.calls.at(-1)?.params.id;
    expect(events).toMatchObject([
      { task: { id, contextId: "c", status: { state: "TASK_STATE_WORKING" } } },
      {
        artifactUpdate: { taskId: id, contextId: "c", artifact: { artifactId: "0", parts: [{ text: "a" }] } },
      },
      { artifactUpdate: { append: true, lastChunk: true, artifact: { parts: [{ text: "b" }] } } },
      { statusUpdate: { taskId: id, contextId: "c", status: { state: "TASK_STATE_COMPLETED" } } },
    ]);
    expect((await all(first.subscribeToTask({ id: String(id) }))).at(-1)).toMatchObject({
      statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } },
    });
  });

  it("cancels, and keeps one webhook", async () => {
    const { task: { id = "" } = {} } = await first.sendMessage("hello");
    expect((await first.cancelTask({ id })).status.state).toBe("TASK_STATE_CANCELED");
    const config = { taskId: id, id: "mine", url: "https://example.com/hook", token: "t" };
    expect(await first.createTaskPushNotificationConfig(config)).toEqual(config);
    expect(await first.getTaskPushNotificationConfig({ taskId: id, id: "mine" })).toEqual({
      taskId: id,
      id: "mine",
      url: "https://example.com",
    });
  });

  it("is sent and sends every kind of part", async () => {
    const parts: Part[] = [
      { text: "some text", metadata: { a: 1 } },
      { data: { rows: [1] } },
      { data: [1, 2] },
      { raw: btoa("bytes"), mediaType: "text/csv", filename: "a.csv" },
      { url: "https://example.com/a.csv", mediaType: "text/csv" },
    ];
    const { task } = await first.sendMessage([{ text: "back" }, ...parts]);
    expect(task?.artifacts?.[0]?.parts).toEqual(parts);
  });

  it("is not asked for what 0.1 has no words for", async () => {
    const refused = expect.objectContaining({ reason: "UNSUPPORTED_OPERATION" });
    await first.sendMessage("hello");
    agent.calls.length = 0;
    await expect(first.listTasks()).rejects.toEqual(refused);
    await expect(first.listTaskPushNotificationConfigs({ taskId: "t" })).rejects.toEqual(refused);
    await expect(first.deleteTaskPushNotificationConfig({ taskId: "t", id: "c" })).rejects.toEqual(refused);
    await expect(first.getExtendedAgentCard()).rejects.toEqual(refused);
    expect(agent.calls).toEqual([]);
  });

  it("tells of errors", async () => {
    await expect(first.getTask({ id: "none" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
  });
});

it("is asked in words that both have, and its answer tells", async () => {
  const agent = await firstAgent();
  const other = await client(agent.url);
  const { task: { id = "" } = {} } = await other.sendMessage("hello");
  agent.calls.length = 0;
  const fresh = await client(agent.url);
  expect(await fresh.getTask({ id })).toMatchObject({ id, artifacts: [{ artifactId: "0" }] });
  await fresh.sendMessage("more", { taskId: id });
  expect(agent.calls.map(({ method }) => method)).toEqual(["tasks/get", "tasks/send"]);
  await agent.close();
});

it("is not what knows a method that 0.1 has no words for", async () => {
  const agent = await firstAgent();
  const first = await client(agent.url);
  await expect(first.listTaskPushNotificationConfigs({ taskId: "t" })).rejects.toMatchObject({
    reason: "UNSUPPORTED_OPERATION",
  });
  await agent.close();
});

it("is asked again until the task has ended, unless nobody waits", async () => {
  const agent = await firstAgent({ slow: 2 });
  const first = await client(agent.url);
  expect((await first.sendMessage("hello")).task).toMatchObject({
    status: { state: "TASK_STATE_COMPLETED" },
  });
  const { task } = await first.sendMessage("hello", { configuration: { returnImmediately: true } });
  expect(task).toMatchObject({ status: { state: "TASK_STATE_WORKING" } });
  await agent.close();
});

it("has no more than the time of the send to answer that", async () => {
  const agent = await firstAgent({ slow: 2 });
  const silent: typeof fetch = (url, init) =>
    String(init?.body).includes("tasks/get")
      ? new Promise((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        })
      : fetch(url, init);
  const first = await connect(agent.url, { versions, cardCache: memoryCardCache(), fetch: silent });
  const { message } = await first.sendMessage("hello", { timeoutMs: 300 }).catch((error) => error);
  expect(Number(/no answer from \S+ within (\d+) ms/.exec(message)?.[1])).toBeLessThan(300);
  await agent.close();
});

describe("plain HTTP", () => {
  it("is sent to, and polled, where the URL takes no JSON-RPC", async () => {
    const agent = await firstAgent({ plain: true, slow: 1, card: { capabilities: {} } });
    const first = await client(agent.url);
    expect(await first.ask("hello")).toBe("hello");
    const routes = agent.calls.map(({ method }) => method.replace(/\w{20,}/, "{id}"));
    expect(routes).toEqual(["POST /", "POST /", "POST /tasks/send", "GET /tasks/{id}"]);
    await expect(first.getTask({ id: "none" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
    await expect(first.cancelTask({ id: "none" })).rejects.toMatchObject({ reason: "UNSUPPORTED_OPERATION" });
    await agent.close();
  });
});

it("leaves agents of 0.2 whose card says no version with 0.2", async () => {
  const server = await olderServer("/.well-known/agent.json");
  const { name, version, description, capabilities, defaultInputModes, defaultOutputModes, skills } =
    server.card;
  const bare = { name, version, description, capabilities, defaultInputModes, defaultOutputModes, skills };
  const card = v0_1.readCard({ ...bare, url: `${server.url}/rpc` });
  const older = createClient(card as never, { versions });
  const { task } = await older.sendMessage("hello");
  expect(task).toMatchObject({ artifacts: [{ artifactId: "a", parts: [{ text: "hello" }] }] });
  expect(await older.getTask({ id: task?.id ?? "" })).toMatchObject({ id: task?.id });
  await server.close();
});

it("speaks 0.1 with us, too", async () => {
  await using serving = await online({ versions });
  const card = await (
    await fetch(`${serving.url}/.well-known/agent.json`, { headers: { "a2a-version": "0.1" } })
  ).json();
  const first = createClient(v0_1.readCard(card) as never, { versions });
  expect(first.interface).toMatchObject({ url: `${serving.url}/v0.1`, protocolVersion: "0.1" });
  const { task } = await first.sendMessage("ask me");
  expect(task).toMatchObject({ status: { state: "TASK_STATE_INPUT_REQUIRED" } });
  const events = await all(
    first.sendStreamingMessage("this", { taskId: task?.id, contextId: task?.contextId }),
  );
  expect(events.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } } });
  expect(textOf(await first.getTask({ id: task?.id ?? "" }))).toBe("You chose this");
});

describe("a card", () => {
  const card = { name: "First", url: "http://127.0.0.1:9", version: "1", capabilities: {}, skills: [] };

  it("says how to authenticate by names", () => {
    const read = v0_1.readCard({ ...card, authentication: { schemes: ["Bearer", "public"] } });
    expect(read).toMatchObject({
      securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: "Bearer" } } },
      securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    });
  });

  it.each([
    { protocolVersion: "0.3.0" },
    { preferredTransport: "JSONRPC" },
    { securitySchemes: {} },
    { supportedInterfaces: [] },
  ])("with %j is none of 0.1", (more) => {
    expect(v0_1.readCard({ ...card, ...more })).toBeUndefined();
  });

  it.each([null, [], "card", {}])("%j is none", (value) => {
    expect(v0_1.readCard(value)).toBeUndefined();
  });
});
