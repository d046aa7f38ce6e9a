/** Webhooks of 0.3: the task as it stands, for who asked in 0.3; events as ever for everybody else. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { connect } from "../../src/client/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import { receiver } from "../push/support.js";
import { online } from "./rig.js";

let serving: Serving;
beforeAll(async () => {
  serving = await online();
});
afterAll(() => serving.close());

async function rpc(method: string, params: object) {
  const answer = await fetch(serving.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return JSON.parse(await answer.text()).result;
}

const message = (text: string, more: object = {}) => ({
  kind: "message",
  messageId: crypto.randomUUID(),
  role: "user",
  parts: [{ kind: "text", text }],
  ...more,
});

it("says how the task stands to who asked for it while sending", async () => {
  const { url, got } = await receiver();
  const pushNotificationConfig = { url, token: "secret" };
  const task = await rpc("message/send", {
    message: message("hello"),
    configuration: { pushNotificationConfig },
  });
  await vi.waitFor(() => expect(JSON.parse(got.at(-1)?.body ?? "{}").status?.state).toBe("completed"));
  const { headers, body } = got.at(-1) ?? {};
  expect(JSON.parse(body ?? "")).toEqual(task);
  expect(headers).toMatchObject({ "content-type": "application/json", "x-a2a-notification-token": "secret" });
});

it("tells clients of both versions of one task, each as it speaks", async () => {
  const older = await receiver();
  const current = await receiver();
  const { id } = await rpc("message/send", { message: message("ask me") });
  const pushNotificationConfig = { url: older.url };
  await rpc("tasks/pushNotificationConfig/set", { taskId: id, pushNotificationConfig });
  const client = await connect(serving.url);
  await client.createTaskPushNotificationConfig({ taskId: id, url: current.url });
  await client.sendMessage("this", { taskId: id });
  await vi.waitFor(() => expect(current.got.at(-1)?.body).toContain("TASK_STATE_COMPLETED"));
  await vi.waitFor(() => expect(older.got.at(-1)?.body).toContain('"completed"'));
  expect(JSON.parse(current.got.at(-1)?.body ?? "")).toMatchObject({ statusUpdate: { taskId: id } });
  expect(current.got.at(-1)?.headers["content-type"]).toBe("application/a2a+json");
  for (const { body } of older.got) expect(JSON.parse(body)).toMatchObject({ kind: "task", id });
});

it("does not tell what is its own affair", async () => {
  const { id } = await rpc("message/send", { message: message("hello") });
  const pushNotificationConfig = { url: "http://127.0.0.1:9/hook" };
  await rpc("tasks/pushNotificationConfig/set", { taskId: id, pushNotificationConfig });
  const client = await connect(serving.url);
  const { configs } = await client.listTaskPushNotificationConfigs({ taskId: id });
  expect(configs).toEqual([{ id, taskId: id, url: "http://127.0.0.1:9/hook" }]);
});
