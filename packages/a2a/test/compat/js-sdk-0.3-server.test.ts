/** Our client with an agent on the JavaScript SDK of 0.3: its user sees 1.0 only. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect, textOf } from "../../src/client/index.js";
import { v0_3 } from "../../src/compat/index.js";
import { grpc } from "../../src/grpc.js";
import type { Part, StreamResponse, Task } from "../../src/protocol/index.js";
import { type OlderServer, olderServer } from "./js-sdk-0.3-server.js";

let server: OlderServer;
beforeAll(async () => {
  server = await olderServer();
});
afterAll(() => server.close());

async function all(stream: AsyncIterable<StreamResponse>): Promise<StreamResponse[]> {
  const events: StreamResponse[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe.each(["JSONRPC", "HTTP+JSON", "GRPC"] as const)("over %s", (binding) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect(server.url, {
      versions: [v0_3],
      transports: [grpc()],
      bindings: [binding],
      extensions: ["urn:x"],
    });
  });

  const send = async (text: string, configuration = {}): Promise<Task> => {
    const { task } = await client.sendMessage(text, { configuration });
    if (task === undefined) throw new Error("no task");
    return task;
  };

  it("reads the card", () => {
    expect(client.interface).toMatchObject({ protocolBinding: binding, protocolVersion: "0.3.0" });
    expect(client.card).toMatchObject({
      name: "Older",
      capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
      securitySchemes: { key: { apiKeySecurityScheme: { location: "header", name: "x-key" } } },
      skills: [{ id: "s", securityRequirements: [{ schemes: { key: { list: [] } } }] }],
    });
    expect(client.card.supportedInterfaces.map((each) => each.protocolBinding)).toEqual([
      "JSONRPC",
      "HTTP+JSON",
      "GRPC",
    ]);
  });

  it("says which version it speaks, and asks for extensions as that does", async () => {
    await send("hello");
    expect(server.headers.at(-1)).toMatchObject({ "a2a-version": "0.3", "x-a2a-extensions": "urn:x" });
  });

  it("gets a task", async () => {
    const task = await send("hello");
    expect(task).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      artifacts: [{ artifactId: "a", name: "out", parts: [{ text: "hello" }] }],
    });
    expect(task.history?.[0]).toMatchObject({ role: "ROLE_USER", parts: [{ text: "hello" }] });
    expect(await client.getTask({ id: task.id })).toMatchObject({ id: task.id, status: task.status });
  });

  it("gets a message", async () => {
    expect(textOf(await client.sendMessage("message me"))).toBe("You said message me");
  });

  it("need not wait", async () => {
    const task = await send("wait", { returnImmediately: true });
    expect(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"]).toContain(task.status.state);
    await client.cancelTask({ id: task.id });
  });

  it("sends and gets every kind of part", async () => {
    const parts: Part[] = [
      { text: "back", metadata: { a: 1 } },
      { data: { rows: [1] } },
      { data: [1, null] },
      { raw: btoa("bytes"), mediaType: "text/csv", filename: "b.csv" },
      { url: "https://example.com/c.csv", mediaType: "text/csv" },
    ];
    const { task } = await client.sendMessage(parts);
    const got = task?.artifacts?.[0]?.parts;
    if (binding === "JSONRPC") expect(got).toEqual(parts);
    // Over HTTP+JSON this SDK hands on neither metadata of parts nor names of files.
    else
      expect(got).toMatchObject([{ text: "back" }, { data: { rows: [1] } }, {}, { raw: btoa("bytes") }, {}]);
  });

  it("streams", async () => {
    const events = await all(client.sendStreamingMessage("pieces"));
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "statusUpdate",
    ]);
    expect(events[3]).toMatchObject({
      artifactUpdate: { append: true, artifact: { parts: [{ text: "b" }] } },
    });
    expect(events.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } } });
  });

  it("is asked, and answers", async () => {
    const events = await all(client.sendStreamingMessage("ask me"));
    expect(events.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_INPUT_REQUIRED" } } });
    const taskId = events[0]?.task?.id;
    const { task } = await client.sendMessage("the second", { taskId });
    expect(task).toMatchObject({ id: taskId, artifacts: [{ parts: [{ text: "You chose the second" }] }] });
  });

  it("subscribes and cancels", async () => {
    const { id } = await send("wait", { returnImmediately: true });
    const stream = client.subscribeToTask({ id });
    expect((await stream.next()).value).toMatchObject({ task: { id } });
    expect(await client.cancelTask({ id })).toMatchObject({ status: { state: "TASK_STATE_CANCELED" } });
    const rest = await all(stream);
    expect(rest.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_CANCELED" } } });
    await expect(client.cancelTask({ id })).rejects.toMatchObject({ reason: "TASK_NOT_CANCELABLE" });
  });

  it("keeps push notification configurations", async () => {
    const { id: taskId } = await send("wait", { returnImmediately: true });
    const config = {
      taskId,
      id: "mine",
      url: "http://127.0.0.1:9/hook",
      token: "secret",
      authentication: { scheme: "Bearer", credentials: "c" },
    };
    expect(await client.createTaskPushNotificationConfig(config)).toEqual(config);
    expect(await client.getTaskPushNotificationConfig({ taskId, id: "mine" })).toEqual(config);
    expect(await client.listTaskPushNotificationConfigs({ taskId })).toEqual({ configs: [config] });
    await client.deleteTaskPushNotificationConfig({ taskId, id: "mine" });
    expect((await client.listTaskPushNotificationConfigs({ taskId })).configs ?? []).toEqual([]);
    await client.cancelTask({ id: taskId });
  });

  it("gets the extended card", async () => {
    const other = await connect(server.url, { versions: [v0_3], transports: [grpc()], bindings: [binding] });
    expect(await other.getExtendedAgentCard()).toMatchObject({ description: "Speaks 0.3, and knows you" });
    expect(other.card.supportedInterfaces[0]?.protocolVersion).toBe("0.3.0");
  });

  it("is told of errors", async () => {
    await expect(client.getTask({ id: "none" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
    await expect(client.cancelTask({ id: "none" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
  });

  it("refuses what 0.3 cannot do before anything is sent", async () => {
    const calls = server.headers.length;
    await expect(client.listTasks()).rejects.toMatchObject({ reason: "UNSUPPORTED_OPERATION" });
    expect(server.headers).toHaveLength(calls);
  });
});

describe("finding it", () => {
  it("is not possible without 0.3", async () => {
    await expect(connect(server.url)).rejects.toMatchObject({ name: "VersionNotSupportedError" });
  });

  it("looks where older versions have the card", async () => {
    const earlier = await olderServer("/.well-known/agent.json");
    const client = await connect(earlier.url, { versions: [v0_3] });
    expect(await client.ask("hello")).toBe("hello");
    await expect(connect(earlier.url)).rejects.toThrow("no agent card at");
    await earlier.close();
  });
});
