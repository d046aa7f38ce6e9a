/**
 * Agents that leave out what goes without saying: how a task ended, when they close its stream (a subscription of the
 * Python SDK 0.3), and a result that is nothing (the Go SDK).
 */
import { expect, it } from "vitest";
import { type AgentCard, connect, type StreamResponse } from "../../src/client/index.js";

const card = {
  name: "Laconic",
  description: "Says less than it should",
  version: "1.0.0",
  supportedInterfaces: [{ url: "http://127.0.0.1:9/", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
  capabilities: { streaming: true, pushNotifications: true },
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [],
} satisfies AgentCard;

const artifactUpdate = { taskId: "t", contextId: "c", artifact: { artifactId: "a", parts: [{ text: "." }] } };
const statusUpdate = { taskId: "t", contextId: "c", status: { state: "TASK_STATE_WORKING" } };
const final = { id: "t", contextId: "c", status: { state: "TASK_STATE_CANCELED" } };

/** A client of an agent whose stream holds these events; a second subscription is refused. */
function clientOf(events: readonly object[], refusal = -32004) {
  let subscriptions = 0;
  return connect(card, {
    fetch: async (_url, init) => {
      const { id, method } = JSON.parse(String(init?.body)) as { id: number; method: string };
      const answer = (fields: object) => ({ jsonrpc: "2.0", id, ...fields });
      if (method === "GetTask") return Response.json(answer({ result: final }));
      if (++subscriptions > 1) return Response.json(answer({ error: { code: refusal, message: "ended" } }));
      const body = events.map((result) => `data: ${JSON.stringify(answer({ result }))}\n\n`).join("");
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
}

async function collect(stream: AsyncIterable<StreamResponse>): Promise<StreamResponse[]> {
  const events: StreamResponse[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

it("the final task stands for what was not said", async () => {
  const client = await clientOf([{ artifactUpdate }]);
  const events = await collect(client.subscribeToTask({ id: "t" }));
  expect(events).toMatchObject([{ artifactUpdate }, { task: final }]);
});

it("nothing stands for it when the caller may have seen the end", async () => {
  const client = await clientOf([]);
  expect(await collect(client.subscribeToTask({ id: "t" }, { lastEventId: "7" }))).toEqual([]);
});

it.each([-32004, -32602])("a task that has ended meanwhile is fetched, refused with %i", async (refusal) => {
  const client = await clientOf([{ statusUpdate }], refusal);
  const events = await collect(client.subscribeToTask({ id: "t" }));
  expect(events).toMatchObject([{ statusUpdate }, { task: final }]);
});

it("a result that is nothing need not be there, any other must", async () => {
  const client = await connect(card, {
    fetch: async (_url, init) => {
      const { id } = JSON.parse(String(init?.body)) as { id: number };
      return Response.json({ jsonrpc: "2.0", id });
    },
  });
  const config = { taskId: "t", id: "c" };
  await expect(client.deleteTaskPushNotificationConfig(config)).resolves.toBeUndefined();
  await expect(client.getTask({ id: "t" })).rejects.toMatchObject({ reason: "INVALID_AGENT_RESPONSE" });
});
