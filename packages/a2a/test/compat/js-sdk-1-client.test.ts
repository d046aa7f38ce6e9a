/** The JavaScript SDK of 1.0 as the client, on both of its HTTP transports, with an agent that speaks 0.3 as well. */
import {
  type AgentCard,
  type Message,
  Role,
  SendMessageRequest,
  type StreamResponse,
  type Task,
  TaskState,
} from "@a2a-js/sdk";
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { v0_3 } from "../../src/compat/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online();
});
afterAll(() => serving.close());

const saying = (text: string, message = {}, configuration = {}) =>
  SendMessageRequest.fromJSON({
    message: { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text }], ...message },
    configuration,
  });

async function all(stream: AsyncIterable<StreamResponse>): Promise<StreamResponse[]> {
  const events: StreamResponse[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const kinds = (events: readonly StreamResponse[]) => events.map(({ payload }) => payload?.$case);
const transports = { JSONRPC: JsonRpcTransportFactory, "HTTP+JSON": RestTransportFactory };

describe.each(Object.entries(transports))("over %s", (name, Transport) => {
  let client: Client;
  beforeAll(async () => {
    const factory = new ClientFactory({ transports: [new Transport()], preferredTransports: [name] });
    client = await factory.createFromUrl(serving.url);
  });

  const send = async (text: string, message = {}, configuration = {}) =>
    (await client.sendMessage(saying(text, message, configuration))) as Task;

  it("chooses the interface of 1.0", () => {
    expect(client.protocolVersion).toBe("1.0");
  });

  it("gets a task and a message", async () => {
    const task = await send("hello");
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(task.artifacts[0]?.parts[0]?.content).toEqual({ $case: "text", value: "hello" });
    expect(await client.getTask({ tenant: "", id: task.id })).toEqual(task);
    const message = (await client.sendMessage(saying("message me"))) as Message;
    expect(message.role).toBe(Role.ROLE_AGENT);
    expect(message.parts[0]?.content).toEqual({ $case: "text", value: "You said message me" });
  });

  it("streams", async () => {
    expect(kinds(await all(client.sendMessageStream(saying("pieces"))))).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "statusUpdate",
    ]);
  });

  it("is asked, and answers", async () => {
    const { id, status } = await send("ask me");
    expect(status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
    const answered = await send("this", { taskId: id });
    expect(answered).toMatchObject({ id, status: { state: TaskState.TASK_STATE_COMPLETED } });
  });

  it("lists", async () => {
    const { id, contextId } = await send("hello");
    const page = await client.listTasks({
      tenant: "",
      contextId,
      status: TaskState.TASK_STATE_UNSPECIFIED,
      pageToken: "",
      statusTimestampAfter: undefined,
    });
    expect(page.tasks.map((task) => task.id)).toEqual([id]);
    expect(page.totalSize).toBe(1);
  });

  it("subscribes and cancels", async () => {
    const { id } = await send("wait", {}, { returnImmediately: true });
    const stream = client.resubscribeTask({ tenant: "", id });
    expect((await stream.next()).value?.payload?.$case).toBe("task");
    const canceled = await client.cancelTask({ tenant: "", id, metadata: {} });
    expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
    expect(kinds(await all(stream)).at(-1)).toBe("statusUpdate");
  });

  it("keeps push notification configurations", async () => {
    const { id: taskId } = await send("wait", {}, { returnImmediately: true });
    const one = { tenant: "", taskId, id: "mine" };
    const config = { ...one, url: "http://127.0.0.1:9/hook", token: "", authentication: undefined };
    expect(await client.createTaskPushNotificationConfig(config)).toMatchObject(config);
    expect(await client.getTaskPushNotificationConfig(one)).toMatchObject(config);
    const all = { tenant: "", taskId, pageSize: 0, pageToken: "" };
    expect((await client.listTaskPushNotificationConfig(all)).configs).toMatchObject([config]);
    await client.deleteTaskPushNotificationConfig(one);
    expect((await client.listTaskPushNotificationConfig(all)).configs).toEqual([]);
    await client.cancelTask({ tenant: "", id: taskId, metadata: {} });
  });

  it("is told of errors", async () => {
    const missing = client.getTask({ tenant: "", id: "none" });
    await expect(missing).rejects.toMatchObject({ name: expect.stringContaining("TaskNotFoundError") });
    const { id } = await send("hello");
    const ended = client.cancelTask({ tenant: "", id, metadata: {} });
    await expect(ended).rejects.toMatchObject({ name: expect.stringContaining("TaskNotCancelableError") });
    const empty = client.sendMessage(saying("x", { parts: [] }));
    await expect(empty).rejects.toMatchObject({ name: expect.stringContaining("RequestMalformedError") });
  });
});

it("reads the merged card as one of 1.0, and that of 0.3 with its own translator", async () => {
  const resolver = new DefaultAgentCardResolver({ legacyCompat: { enabled: true } });
  const merged = await (await fetch(`${serving.url}/.well-known/agent-card.json`)).json();
  const versions = (card: AgentCard) => card.supportedInterfaces.map((each) => each.protocolVersion);
  expect(versions(resolver.normalizeAgentCard(merged))).toEqual(["1.0", "1.0", "0.3", "0.3"]);
  expect(versions(resolver.normalizeAgentCard(v0_3.card(serving.card)))).toContain("0.3.0");
});
