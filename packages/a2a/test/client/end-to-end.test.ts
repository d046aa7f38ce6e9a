/** The client against the real server, on both bindings. */
import { describe, expect, test } from "vitest";
import { connect, memoryCardCache, textOf } from "../../src/client/index.js";
import { serve } from "../../src/hosts/node/index.js";
import { artifact, completed, defineAgent, inputRequired, text, working } from "../../src/index.js";
import type { StreamResponse } from "../../src/protocol/index.js";
import { breakingProxy } from "./breaking-proxy.js";
import { bindings, collect } from "./wire-server.js";

const agent = defineAgent({
  card: {
    name: "Counter",
    description: "Counts",
    version: "1",
    skills: [{ id: "count", name: "Count", description: "Counts", tags: ["count"] }],
  },
  async *execute(request, context) {
    if (request.text === "hold") {
      yield working("holding");
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      return;
    }
    if (request.text === "ask")
      yield artifact("answer", [text(`Hello ${textOf(yield inputRequired("Who?"))}`)]);
    const count = Number(/\d+/.exec(request.text)?.[0] ?? 0);
    for (let i = 0; i < count; i++) {
      yield artifact("numbers", `${i} `, { append: i > 0 });
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return completed("done");
  },
  reply: (request) => (request.text === "ping" ? "pong" : undefined),
});

describe.each(bindings)("over %s", (binding) => {
  const online = async () => {
    const serving = await serve(agent, { port: 0, host: "127.0.0.1" });
    const options = { bindings: [binding], cardCache: memoryCardCache() };
    return {
      serving,
      client: await connect(serving.url, options),
      [Symbol.asyncDispose]: () => serving.close(),
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
  });

  test("follows a task by subscribing, from the beginning or from an id", async () => {
    await using a = await online();
    const sent = a.client.sendStreamingMessage("hold");
    const { value: first } = await sent.next();
    const { id } = first?.task ?? { id: "" };
    await sent.next();
    const cursor = sent.lastEventId;
    const subscribed = a.client.subscribeToTask({ id });
    expect((await subscribed.next()).value).toMatchObject({ task: { id } });
    await a.client.cancelTask({ id });
    expect((await collect(subscribed)).at(-1)).toMatchObject({
      statusUpdate: { status: { state: "TASK_STATE_CANCELED" } },
    });
    expect(await collect(a.client.subscribeToTask({ id }, { lastEventId: cursor }))).toHaveLength(1);
    await expect(collect(a.client.subscribeToTask({ id }))).rejects.toMatchObject({
      reason: "UNSUPPORTED_OPERATION",
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
    const breaks = 3;
    await using proxy = await breakingProxy(a.serving.port, bytes, breaks);
    const direct = a.client.card;
    const card = {
      ...direct,
      supportedInterfaces: direct.supportedInterfaces.map((each) => ({
        ...each,
        url: each.url.replace(`:${a.serving.port}`, `:${proxy.port}`),
      })),
    };
    const client = await connect(card, { bindings: [binding] });
    const events: StreamResponse[] = await collect(client.sendStreamingMessage("count 300"));
    expect(proxy.left()).toBe(0);
    const uncut = await collect(a.client.sendStreamingMessage("count 300"));
    expect(events.map(textOf)).toEqual(uncut.map(textOf));
    expect(await a.client.listTasks()).toMatchObject({ totalSize: 2 });
  });
});
