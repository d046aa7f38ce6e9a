/** Push notifications (spec 3.1.7 to 3.1.10, 4.3), from a real server to a real webhook, set up on both bindings. */
import { describe, expect, it } from "vitest";
import { artifact, inputRequired } from "../../src/index.js";
import { createOutgoing } from "../../src/outgoing/index.js";
import type { TaskPushNotificationConfig } from "../../src/protocol/index.js";
import { memory } from "../../src/stores/memory/index.js";
import { receiver } from "../push/support.js";
import { bindings, call, keepingLog, online, saying, send } from "./rig.js";

const asking = async function* () {
  const { parts } = yield inputRequired("?");
  yield artifact("a", parts);
};
const authentication = { scheme: "Bearer", credentials: "s3cret" };

describe.each(bindings)("over %s", (binding) => {
  it("a webhook named with the message gets every event, with its credentials", async () => {
    const outgoing = createOutgoing({ allowPrivate: true });
    const hook = await receiver();
    await using server = await online(asking, { post: outgoing.post });
    const taskPushNotificationConfig = { url: hook.url, authentication };
    const { id } = await send(server.url, binding, saying("go", {}, { taskPushNotificationConfig }));
    await send(server.url, binding, saying("this", { taskId: id }));
    await expect.poll(() => hook.got.length).toBe(5);
    expect(hook.got.map(({ body }) => Object.keys(JSON.parse(body)).join())).toEqual([
      "task",
      "statusUpdate",
      "statusUpdate",
      "artifactUpdate",
      "statusUpdate",
    ]);
    for (const { headers } of hook.got) {
      expect(headers.authorization).toBe("Bearer s3cret");
      expect(headers["content-type"]).toBe("application/a2a+json");
    }
    expect(JSON.parse(hook.got.at(-1)?.body ?? "")).toMatchObject({
      statusUpdate: { taskId: id, status: { state: "TASK_STATE_COMPLETED" } },
    });
    outgoing.close();
  });

  it("a configuration lives until it is deleted, and is then neither listed nor served", async () => {
    const outgoing = createOutgoing({ allowPrivate: true });
    const [kept, dropped] = [await receiver(), await receiver()];
    await using server = await online(asking, { post: outgoing.post });
    const { url } = server;
    const { id: taskId } = await send(url, binding, saying("go"));
    const configs: TaskPushNotificationConfig[] = [];
    for (const hook of [kept, dropped]) {
      const request = { taskId, url: hook.url, token: "t0ken", authentication };
      const { result } = await call(url, binding, "CreateTaskPushNotificationConfig", request);
      expect(result).toEqual({
        taskId,
        id: expect.any(String),
        url: hook.url,
        authentication: { scheme: "Bearer" },
      });
      configs.push(result);
    }
    const list = async () =>
      (await call(url, binding, "ListTaskPushNotificationConfigs", { taskId })).result as {
        configs: TaskPushNotificationConfig[];
      };
    const byId = (a: { id?: string }, b: { id?: string }) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1);
    expect((await list()).configs.sort(byId)).toEqual([...configs].sort(byId));
    for (const config of configs) {
      const read = await call(url, binding, "GetTaskPushNotificationConfig", { taskId, id: config.id });
      expect(read.result).toEqual(config);
    }
    const gone = { taskId, id: configs[1]?.id };
    for (let times = 0; times < 3; times++) {
      expect((await call(url, binding, "DeleteTaskPushNotificationConfig", gone)).error).toBeUndefined();
    }
    const { error } = await call(url, binding, "GetTaskPushNotificationConfig", gone);
    expect(error?.reason).toBe("TASK_NOT_FOUND");
    expect((await list()).configs).toEqual([configs[0]]);
    await send(url, binding, saying("this", { taskId }));
    await expect.poll(() => kept.got.length).toBe(3);
    expect(dropped.got).toEqual([]);
    outgoing.close();
  });

  it("webhooks inside are refused, unless the server is told otherwise", async () => {
    await using server = await online(asking);
    const { id: taskId } = await send(server.url, binding, saying("go"));
    for (const url of [
      "http://127.0.0.1/",
      "http://10.0.0.1/",
      "http://172.16.0.1/",
      "http://192.168.1.1/",
      "http://[::1]/",
      "http://169.254.1.1/",
    ]) {
      const { error } = await call(server.url, binding, "CreateTaskPushNotificationConfig", { taskId, url });
      expect(error).toMatchObject({ reason: "INVALID_PARAMS", violations: [{ field: "url" }] });
    }
  });
});

it("configurations outlive the server that took them", async () => {
  const store = memory();
  const kept = { ...store, close: () => {} };
  const hook = await receiver();
  const outgoing = createOutgoing({ allowPrivate: true });
  let taskId = "";
  {
    await using first = await online(asking, { post: outgoing.post, store: kept as typeof store });
    ({ id: taskId } = await send(first.url, "JSONRPC", saying("go")));
    await call(first.url, "JSONRPC", "CreateTaskPushNotificationConfig", { taskId, url: hook.url });
  }
  await using second = await online(asking, { post: outgoing.post, store: kept as typeof store });
  await call(second.url, "HTTP+JSON", "CancelTask", { id: taskId });
  await expect.poll(() => hook.got.length).toBe(1);
  outgoing.close();
});

it("nothing that is logged about a webhook holds its secrets", async () => {
  const { lines, log } = keepingLog();
  const outgoing = createOutgoing({ allowPrivate: true });
  const hook = await receiver((response) => response.writeHead(403).end());
  await using server = await online(asking, { post: outgoing.post, log, webhooks: { schedule: [] } });
  const taskPushNotificationConfig = { url: `${hook.url}?key=s3cret`, authentication, token: "t0ken" };
  await send(server.url, "JSONRPC", saying("go", {}, { taskPushNotificationConfig }));
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(lines)).not.toMatch(/s3cret|t0ken/);
  outgoing.close();
});

it("an attempt at a webhook has the time that the specification recommends", async () => {
  const times: number[] = [];
  const post = async (_: string, { timeoutMs }: { timeoutMs: number }) => {
    times.push(timeoutMs);
    return { status: 204 };
  };
  await using server = await online(asking, { post });
  const taskPushNotificationConfig = { url: "https://hook.example/" };
  await send(server.url, "JSONRPC", saying("go", {}, { taskPushNotificationConfig }));
  await expect.poll(() => times.length).toBe(2);
  for (const time of times) {
    expect(time).toBeGreaterThanOrEqual(10_000);
    expect(time).toBeLessThanOrEqual(30_000);
  }
});
