/** The client against the real server, on all bindings. */
import { describe, expect, test } from "vitest";
import { connect, memoryCardCache, textOf } from "../../src/client/index.js";
import { grpc } from "../../src/grpc.js";
import { serve } from "../../src/hosts/node/index.js";
import { breakingProxy } from "./breaking-proxy.js";
import { counter } from "./counter.js";
import { bindings, collect } from "./wire-server.js";

describe.each([...bindings, "GRPC"] as const)("over %s", (binding) => {
  const options = () => ({
    bindings: [binding],
    cardCache: memoryCardCache(),
    ...(binding === "GRPC" && { transports: [grpc()] }),
  });
  const online = async () => {
    const serving = await serve(counter, { port: 0, ...(binding === "GRPC" && { grpc: { port: 0 } }) });
    const client = await connect(serving.url, options());
    return {
      client,
      port: serving.grpc?.port ?? serving.port,
      async [Symbol.asyncDispose]() {
        client.close();
        await serving.close();
      },
    };
  };

  test("sends, gets, lists, cancels", async () => {
    await using a = await online();
    const { client } = a;
    expect(client.interface.protocolBinding).toBe(binding);
    expect(await client.ask("count 3")).toBe("0 1 2 ");
    expect(await client.ask("ping")).toBe("pong");
    const { task } = await client.sendMessage("hold", { configuration: { returnImmediately: true } });
    const id = task?.id ?? "";
    expect(await client.getTask({ id })).toMatchObject({ id });
    expect(await client.cancelTask({ id })).toMatchObject({ status: { state: "TASK_STATE_CANCELED" } });
    await expect(client.cancelTask({ id })).rejects.toMatchObject({ reason: "TASK_NOT_CANCELABLE" });
    await expect(client.getTask({ id: "nobody" })).rejects.toMatchObject({ reason: "TASK_NOT_FOUND" });
    const tasks = await collect(client.listAllTasks({ pageSize: 1 }));
    expect(tasks.map(({ status }) => status.state)).toEqual(["TASK_STATE_CANCELED", "TASK_STATE_COMPLETED"]);
  });

  test("invalid requests come back with the field named", async () => {
    await using a = await online();
    await expect(a.client.listTasks({ pageSize: 101 })).rejects.toMatchObject({
      reason: "INVALID_PARAMS",
      violations: [{ field: "pageSize" }],
    });
  });

  test("streams, asks back and goes on with the same task", async () => {
    await using a = await online();
    const first = await collect(a.client.sendStreamingMessage("ask"));
    const { id: taskId } = first[0]?.task ?? { id: "" };
    expect(first.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_INPUT_REQUIRED");
    const second = await collect(a.client.sendStreamingMessage("World", { taskId }));
    expect(second.at(-1)?.statusUpdate?.status.state).toBe("TASK_STATE_COMPLETED");
    expect(second.map(textOf).join("")).toContain("Hello World");
    expect(await collect(a.client.sendStreamingMessage("ping"))).toMatchObject([
      { message: { parts: [{ text: "pong" }] } },
    ]);
  });

  test("follows a task by subscribing, from the beginning or from an id", async () => {
    await using a = await online();
    const sent = a.client.sendStreamingMessage("hold");
    const { value: first } = await sent.next();
    const { id } = first?.task ?? { id: "" };
    await sent.next();
    const cursor = sent.lastEventId;
    expect(cursor).toBe("2");
    const subscribed = a.client.subscribeToTask({ id });
    expect((await subscribed.next()).value).toMatchObject({ task: { id } });
    const quiet = collect(a.client.subscribeToTask({ id }, { lastEventId: cursor }));
    await a.client.cancelTask({ id });
    expect((await collect(subscribed)).at(-1)).toMatchObject({
      statusUpdate: { status: { state: "TASK_STATE_CANCELED" } },
    });
    expect(await quiet).toHaveLength(1);
    expect(await collect(a.client.subscribeToTask({ id }, { lastEventId: cursor }))).toHaveLength(1);
    await expect(collect(a.client.subscribeToTask({ id }))).rejects.toMatchObject({
      reason: "UNSUPPORTED_OPERATION",
    });
    await expect(collect(a.client.subscribeToTask({ id }, { lastEventId: "99" }))).rejects.toMatchObject({
      violations: [{ field: "Last-Event-ID" }],
    });
  });

  test("push configurations are made, read, listed and deleted", async () => {
    await using a = await online();
    const { client } = a;
    const { task } = await client.sendMessage("count 1");
    const taskId = task?.id ?? "";
    const config = await client.createTaskPushNotificationConfig({
      taskId,
      id: "c/1",
      url: "https://hook.example/",
    });
    expect(await client.getTaskPushNotificationConfig({ taskId, id: "c/1" })).toEqual(config);
    expect((await client.listTaskPushNotificationConfigs({ taskId })).configs).toEqual([config]);
    await client.deleteTaskPushNotificationConfig({ taskId, id: "c/1" });
    await client.deleteTaskPushNotificationConfig({ taskId, id: "c/1" });
    await expect(client.getTaskPushNotificationConfig({ taskId, id: "c/1" })).rejects.toMatchObject({
      reason: "TASK_NOT_FOUND",
    });
  });

  test.each([2_000, 3_333, 9_999])("a network that breaks every %i bytes is not noticed", async (bytes) => {
    await using a = await online();
    await using proxy = await breakingProxy(a.port, bytes, 3);
    const supportedInterfaces = a.client.card.supportedInterfaces.map((each) => ({
      ...each,
      url: each.url.replace(`:${a.port}`, `:${proxy.port}`),
    }));
    const client = await connect({ ...a.client.card, supportedInterfaces }, options());
    const events = await collect(client.sendStreamingMessage("count 300"));
    expect(proxy.left()).toBe(0);
    const uncut = await collect(a.client.sendStreamingMessage("count 300"));
    expect(events.map(textOf)).toEqual(uncut.map(textOf));
    expect(await a.client.listTasks()).toMatchObject({ totalSize: 2 });
    client.close();
  });
});
