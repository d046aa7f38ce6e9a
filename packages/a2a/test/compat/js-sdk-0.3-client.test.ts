/** The JavaScript SDK of 0.3 as the client, on all of its transports. */

import type { Message, Task } from "@a2a-js/sdk-0.3";
import {
  type Client,
  ClientFactory,
  JsonRpcTransportFactory,
  RestTransportFactory,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from "@a2a-js/sdk-0.3/client";
import { GrpcTransportFactory } from "@a2a-js/sdk-0.3/client/grpc";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/client/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online({ grpc: {} });
});
afterAll(() => serving.close());

const saying = (text: string, fields: Partial<Message> = {}) => ({
  message: {
    kind: "message" as const,
    messageId: crypto.randomUUID(),
    role: "user" as const,
    parts: [{ kind: "text" as const, text }],
    ...fields,
  },
});

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const transports = {
  JSONRPC: JsonRpcTransportFactory,
  "HTTP+JSON": RestTransportFactory,
  GRPC: GrpcTransportFactory,
};

describe.each(Object.entries(transports))("over %s", (name, Transport) => {
  let client: Client;
  beforeAll(async () => {
    const factory = new ClientFactory({ transports: [new Transport()], preferredTransports: [name] });
    client = await factory.createFromUrl(serving.url);
  });

  const send = async (text: string, configuration = {}) =>
    (await client.sendMessage({ ...saying(text), configuration })) as Task;

  it("reads the card", async () => {
    expect(await client.getAgentCard()).toMatchObject({
      protocolVersion: "0.3.0",
      url: `${serving.url}/`,
      preferredTransport: "JSONRPC",
      additionalInterfaces: [
        { url: `${serving.url}/`, transport: "JSONRPC" },
        { url: serving.url, transport: "HTTP+JSON" },
        { url: serving.grpc?.address, transport: "GRPC" },
      ],
      supportsAuthenticatedExtendedCard: false,
    });
  });

  it("gets a task", async () => {
    const task = await send("hello");
    expect(task).toMatchObject({
      kind: "task",
      status: { state: "completed" },
      artifacts: [{ artifactId: "echo", parts: [{ kind: "text", text: "hello" }] }],
      history: [
        { kind: "message", role: "user", parts: [{ kind: "text", text: "hello" }] },
        { role: "agent" },
      ],
    });
    expect(await client.getTask({ id: task.id })).toEqual(task);
    const { history } = await client.getTask({ id: task.id, historyLength: 1 });
    expect(history).toHaveLength(1);
  });

  it("gets a message", async () => {
    const answer = await client.sendMessage(saying("message me"));
    expect(answer).toMatchObject({
      kind: "message",
      role: "agent",
      parts: [{ kind: "text", text: "You said message me" }],
    });
  });

  it("waits unless told otherwise", async () => {
    expect(await send("hello", { blocking: true })).toMatchObject({ status: { state: "completed" } });
    const task = await send("wait", { blocking: false });
    expect(["submitted", "working"]).toContain(task.status.state);
    await client.cancelTask({ id: task.id });
  });

  it("gets every kind of part", async () => {
    const { artifacts } = await send("kinds");
    const names = name === "JSONRPC" ? [{ name: "chart.svg" }, { name: "a.csv" }] : [{}, {}];
    expect(artifacts?.[0]?.parts).toMatchObject([
      { kind: "text", text: "some text" },
      { kind: "data", data: { rows: [1, 2] } },
      { kind: "data", data: { value: [1, 2] } },
      { kind: "file", file: { bytes: btoa("<svg/>"), mimeType: "image/svg+xml", ...names[0] } },
      { kind: "file", file: { uri: "https://example.com/a.csv", mimeType: "text/csv", ...names[1] } },
    ]);
  });

  it("sends every kind of part", async () => {
    const parts: Message["parts"] = [
      { kind: "text", text: "back" },
      { kind: "data", data: { rows: [1] } },
      { kind: "file", file: { bytes: btoa("bytes"), mimeType: "text/csv" } },
      { kind: "file", file: { uri: "https://example.com/b.csv", mimeType: "text/csv" } },
    ];
    const task = (await client.sendMessage(saying("", { parts }))) as Task;
    expect(task.artifacts?.[0]?.parts).toMatchObject(parts);
  });

  it("streams", async () => {
    const events = await all(client.sendMessageStream(saying("pieces")));
    expect(events.map((event) => event.kind)).toEqual([
      "task",
      "status-update",
      "artifact-update",
      "artifact-update",
      "artifact-update",
      "status-update",
    ]);
    expect(events[1]).toMatchObject({ final: false, status: { state: "working" } });
    // This SDK does not hand on `append` over HTTP+JSON.
    const append = name === "JSONRPC" ? { append: true } : {};
    expect(events[3]).toMatchObject({ ...append, artifact: { parts: [{ kind: "text", text: "b" }] } });
    expect(events[4]).toMatchObject({ lastChunk: true });
    expect(events[5]).toMatchObject({ final: true, status: { state: "completed" } });
  });

  it("streams a message", async () => {
    expect(await all(client.sendMessageStream(saying("message me")))).toMatchObject([{ kind: "message" }]);
  });

  it("is asked, and answers", async () => {
    const events = await all(client.sendMessageStream(saying("ask me")));
    expect(events.at(-1)).toMatchObject({ final: true, status: { state: "input-required" } });
    const { id, contextId } = events[0] as Task;
    const task = (await client.sendMessage(saying("the second", { taskId: id, contextId }))) as Task;
    expect(task).toMatchObject({
      id,
      contextId,
      status: { state: "completed" },
      artifacts: [{ parts: [{ text: "You chose the second" }] }],
    });
  });

  it("resubscribes and cancels", async () => {
    const { id } = await send("wait", { blocking: false });
    const stream = client.resubscribeTask({ id });
    const first = await stream.next();
    expect(first.value).toMatchObject({ kind: "task", id });
    expect(await client.cancelTask({ id })).toMatchObject({ id, status: { state: "canceled" } });
    const rest = await all(stream);
    expect(rest.at(-1)).toMatchObject({ kind: "status-update", final: true, status: { state: "canceled" } });
    await expect(client.cancelTask({ id })).rejects.toBeInstanceOf(TaskNotCancelableError);
  });

  it("shares its tasks with clients of 1.0", async () => {
    const { id } = await send("wait", { blocking: false });
    const current = await connect(serving.url);
    expect(current.interface.protocolVersion).toBe("1.0");
    const stream = current.subscribeToTask({ id });
    expect((await stream.next()).value).toMatchObject({ task: { id } });
    await client.cancelTask({ id });
    const rest = await all(stream);
    expect(rest.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_CANCELED" } } });
  });

  it("keeps push notification configurations", async () => {
    const { id } = await send("wait", { blocking: false });
    const url = "http://127.0.0.1:9/hook";
    const config = {
      id: "mine",
      url,
      token: "secret",
      authentication: { schemes: ["Bearer"], credentials: "c" },
    };
    const one = { id, pushNotificationConfigId: "mine" };
    const set = await client.setTaskPushNotificationConfig({ taskId: id, pushNotificationConfig: config });
    const kept = {
      taskId: id,
      pushNotificationConfig: { id: "mine", url, authentication: { schemes: ["Bearer"] } },
    };
    expect(set).toMatchObject(kept);
    expect(await client.getTaskPushNotificationConfig(one)).toMatchObject(kept);
    expect(await client.listTaskPushNotificationConfig({ id })).toMatchObject([kept]);
    await client.deleteTaskPushNotificationConfig(one);
    expect(await client.listTaskPushNotificationConfig({ id })).toEqual([]);
    await client.cancelTask({ id });
  });

  it("resubscribes to what has ended", async () => {
    const { id } = await send("hello");
    const events = await all(client.resubscribeTask({ id }));
    expect(events).toMatchObject([{ kind: "task", id, status: { state: "completed" } }]);
    expect(events).toEqual([await client.getTask({ id })]);
  });

  it("is told of errors", async () => {
    await expect(client.getTask({ id: "none" })).rejects.toBeInstanceOf(TaskNotFoundError);
    await expect(client.cancelTask({ id: "none" })).rejects.toBeInstanceOf(TaskNotFoundError);
    const invalid = name === "GRPC" ? "! 3 message.parts" : "-32602";
    await expect(client.sendMessage(saying("x", { parts: [] }))).rejects.toThrow(invalid);
    const { id } = await send("hello");
    const again = client.sendMessage(saying("again", { taskId: id }));
    // This SDK has no class for it over gRPC.
    if (name === "GRPC") await expect(again).rejects.toThrow("! 12 ");
    else await expect(again).rejects.toBeInstanceOf(UnsupportedOperationError);
    await expect(send("fail")).resolves.toMatchObject({ status: { state: "failed" } });
  });
});
