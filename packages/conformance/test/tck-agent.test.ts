/** The agent starts in every profile, and does what the kit's scenarios say. */
import type { SendMessageResponse, StreamResponse } from "@parley/a2a/client";
import { Client } from "@parley/a2a/client";
import { grpc } from "@parley/a2a/grpc";
import type { Serving } from "@parley/a2a/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProfileName, profiles } from "../src/profiles.js";
import { serveTckAgent } from "../src/serve.js";

const message = (messageId: string) => ({
  messageId,
  role: "ROLE_USER" as const,
  parts: [{ text: "hello" }],
});

describe.each(["JSONRPC", "HTTP+JSON", "GRPC"] as const)("all capabilities, %s", (binding) => {
  let serving: Serving;
  let client: Client;
  beforeAll(async () => {
    serving = await serveTckAgent({ profile: "all", grpcPort: 0 });
    client = new Client(serving.card, { transports: [grpc()], bindings: [binding] });
  });
  afterAll(async () => {
    client.close();
    await serving.close();
  });

  const part = (response: SendMessageResponse) => response.task?.artifacts?.[0]?.parts[0];

  it.each([
    ["tck-complete-task-1", "TASK_STATE_COMPLETED", "Hello from TCK"],
    ["tck-input-required-1", "TASK_STATE_INPUT_REQUIRED", "What next?"],
    ["tck-reject-task-1", "TASK_STATE_REJECTED", "rejected"],
    ["tck-something-else", "TASK_STATE_COMPLETED", "Hello from TCK"],
    ["test-message-id-1", "TASK_STATE_INPUT_REQUIRED", "What next?"],
  ])("%s ends %s", async (id, state, text) => {
    const { task } = await client.sendMessage(message(id));
    expect(task?.status).toMatchObject({ state, message: { parts: [{ text }] } });
  });

  it.each([
    ["tck-artifact-text-1", { text: "Generated text content" }],
    ["tck-artifact-file-1", { filename: "output.txt", mediaType: "text/plain", raw: expect.any(String) }],
    ["tck-artifact-file-url-1", { url: "https://example.com/output.txt", filename: "output.txt" }],
    ["tck-artifact-data-1", { data: { key: "value", count: 42 } }],
  ])("%s has its artifact", async (id, expected) => {
    expect(part(await client.sendMessage(message(id)))).toMatchObject(expected);
  });

  it("answers with a message where no task is wanted", async () => {
    const answer = await client.sendMessage(message("tck-message-response-1"));
    expect(answer.message?.parts).toEqual([{ text: "Direct message response" }]);
  });

  it.each([
    ["tck-stream-001-1", ["task", "TASK_STATE_WORKING", "text", "TASK_STATE_COMPLETED"]],
    ["tck-stream-002-1", ["task", "TASK_STATE_COMPLETED"]],
    ["tck-stream-003-1", ["task", "TASK_STATE_WORKING", "text", "TASK_STATE_COMPLETED"]],
    ["tck-stream-ordering-001-1", ["task", "TASK_STATE_WORKING", "text", "TASK_STATE_COMPLETED"]],
    ["tck-stream-artifact-text-1", ["task", "TASK_STATE_WORKING", "text", "TASK_STATE_COMPLETED"]],
    ["tck-stream-artifact-file-1", ["task", "TASK_STATE_WORKING", "file", "TASK_STATE_COMPLETED"]],
    [
      "tck-stream-artifact-chunked-1",
      ["task", "TASK_STATE_WORKING", "chunks", "chunks (last)", "TASK_STATE_COMPLETED"],
    ],
  ])("%s streams", async (id, expected) => {
    const events: string[] = [];
    for await (const event of client.sendStreamingMessage(message(id))) events.push(kind(event));
    expect(events).toEqual(expected);
  });

  it("keeps working on a task that is to be subscribed to", async () => {
    const { task } = await client.sendMessage({
      message: message("test-resubscribe-message-id-1"),
      configuration: { returnImmediately: true },
    });
    const stream = client.subscribeToTask({ id: task?.id as string });
    for await (const { task } of stream) {
      expect(task?.status.state).toMatch(/SUBMITTED|WORKING/);
      break;
    }
    await client.cancelTask({ id: task?.id as string });
  });

  it("has an extended card for callers without credentials", async () => {
    expect((await client.getExtendedAgentCard()).description).toContain("authenticated callers");
  });
});

/** What shows which event it is. */
function kind({ task, statusUpdate, artifactUpdate }: StreamResponse): string {
  if (task) return "task";
  if (statusUpdate) return statusUpdate.status.state;
  return `${artifactUpdate?.artifact.artifactId}${artifactUpdate?.lastChunk ? " (last)" : ""}`;
}

describe("profiles", () => {
  it.each([
    ["all", { streaming: true, pushNotifications: true, extendedAgentCard: true }, true],
    ["none", { streaming: false, pushNotifications: false, extendedAgentCard: false }, true],
    ["extension", { extensions: [{ uri: "urn:a2a:tck:required-extension", required: true }, {}] }, false],
  ] as const)("%s", async (name, capabilities, answers) => {
    await using serving = await serveTckAgent({ profile: name });
    expect(serving.card.capabilities).toMatchObject(capabilities);
    const answer = new Client(serving.card).sendMessage(message("tck-complete-task"));
    if (answers) expect((await answer).task?.status.state).toBe("TASK_STATE_COMPLETED");
    else await expect(answer).rejects.toMatchObject({ reason: "EXTENSION_SUPPORT_REQUIRED" });
  });

  it("are the ones tested here", () => {
    expect(Object.keys(profiles)).toEqual(["all", "none", "extension"] satisfies ProfileName[]);
  });

  it("say which there are when there is none of that name", async () => {
    await expect(serveTckAgent({ profile: "toString" })).rejects.toThrow("one of all, none, extension");
    await expect(serveTckAgent({ profile: "all", versions: ["0.4"] })).rejects.toThrow("some of 0.3");
  });
});
