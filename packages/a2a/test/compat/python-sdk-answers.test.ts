/** What the Python SDK 0.3 answers where it goes ways of its own; `npm run interop` has the SDK itself. */
import { describe, expect, it } from "vitest";
import { type AgentCard, connect } from "../../src/client/index.js";
import { v0_3 } from "../../src/compat/index.js";

const card = {
  name: "Python",
  description: "Answers as told",
  version: "1.0.0",
  supportedInterfaces: [
    { url: "http://127.0.0.1:9/", protocolBinding: "JSONRPC", protocolVersion: "0.3" },
    { url: "http://127.0.0.1:9", protocolBinding: "HTTP+JSON", protocolVersion: "0.3" },
  ],
  capabilities: { pushNotifications: true },
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [],
} satisfies AgentCard;

const answering = (binding: "JSONRPC" | "HTTP+JSON", status: number, body: object) =>
  connect(card, {
    versions: [v0_3],
    bindings: [binding],
    fetch: async () => Response.json(body, { status }),
  });

describe("an agent on the Python SDK", () => {
  it("leaves out a result that is null", async () => {
    const client = await answering("JSONRPC", 200, { id: 1, jsonrpc: "2.0" });
    await expect(client.deleteTaskPushNotificationConfig({ taskId: "t", id: "c" })).resolves.toBeUndefined();
  });

  it("leaves out no other result", async () => {
    const client = await answering("JSONRPC", 200, { id: 1, jsonrpc: "2.0" });
    await expect(client.getTask({ id: "t" })).rejects.toMatchObject({ reason: "INVALID_AGENT_RESPONSE" });
  });

  it.each([
    [404, "Task not found", "TASK_NOT_FOUND"],
    [409, "Task cannot be canceled", "TASK_NOT_CANCELABLE"],
    [422, "Parameters are wrong", "INVALID_PARAMS"],
    [501, "This operation is not supported", "UNSUPPORTED_OPERATION"],
  ])("tells errors by status: %i", async (status, message, reason) => {
    const client = await answering("HTTP+JSON", status, { message });
    await expect(client.cancelTask({ id: "t" })).rejects.toMatchObject({ reason, message });
  });

  it("is not behind a path that nobody serves", async () => {
    const client = await answering("HTTP+JSON", 404, { detail: "Not Found" });
    await expect(client.cancelTask({ id: "t" })).rejects.toMatchObject({ reason: "METHOD_NOT_FOUND" });
  });
});
