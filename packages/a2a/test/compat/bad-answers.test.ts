/** Whatever agents of older versions answer, our client gives what is a message of 1.0, or says that they broke it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { A2AError, createClient } from "../../src/client/index.js";
import { tryCheck } from "../../src/codec/index.js";
import { protobuf, WireError } from "../../src/codec/protobuf/index.js";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import { grpc } from "../../src/compat/v0_3/grpc.js";
import { type AgentCard, type MessageName, type Operation, operations } from "../../src/protocol/index.js";
import { json } from "./arbitrary-json.js";

/** What is a task or an event, but for its parts. */
const nearly = fc
  .tuple(fc.constantFrom("kind", "type"), fc.array(json, { maxLength: 2 }))
  .map(([tag, parts]) => ({
    ...{ kind: "task", id: "t", contextId: "c", final: false },
    status: { state: "completed", message: { kind: "message", messageId: "m", role: "agent", parts } },
    artifacts: [{ artifactId: "a", parts: [{ [tag]: "text", text: "x" }, ...parts] }],
  }));
const answers = fc.oneof(json, nearly);

/** A client whose agent answers every call with this. */
function answeredWith(
  version: typeof v0_1 | typeof v0_3,
  binding: string,
  result: unknown,
  streams: boolean,
) {
  const card = {
    name: "Hostile",
    version: "1",
    supportedInterfaces: [
      { url: "http://127.0.0.1:9/", protocolBinding: binding, protocolVersion: version.names[0] },
    ],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
  } as AgentCard;
  const type = { "content-type": streams ? "text/event-stream" : "application/json" };
  const answer: typeof fetch = async (_, { body } = {}) => {
    const { id = 0 } = JSON.parse(String(body ?? "{}"));
    const text = JSON.stringify(binding === "JSONRPC" ? { jsonrpc: "2.0", id, result } : result);
    return new Response(streams ? `data: ${text}\n\n` : text, { headers: type });
  };
  const now = { retries: 0, resumes: 0, sendTimeoutMs: 0, timeoutMs: 1_000 };
  return createClient(card, { versions: [version], fetch: answer, ...now });
}

const told = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof A2AError)
      expect(["INVALID_AGENT_RESPONSE", "UNSUPPORTED_OPERATION"]).toContain(error.reason);
    else expect(error).toMatchObject({ name: "TransportError" });
    return undefined;
  }
};

describe.each([
  ["0.1", v0_1, "JSONRPC"],
  ["0.3", v0_3, "JSONRPC"],
  ["0.3", v0_3, "HTTP+JSON"],
] as const)("%s", (_, version, binding) => {
  it(`over ${binding}`, async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (result) => {
        const client = answeredWith(version, binding, result, false);
        await told(() => client.sendMessage("hello", { configuration: { returnImmediately: true } }));
        await told(() => client.getTask({ id: "t" }));
        await told(() => client.cancelTask({ id: "t" }));
        await told(() => client.getTaskPushNotificationConfig({ taskId: "t", id: "c" }));
        await told(() => client.listTaskPushNotificationConfigs({ taskId: "t" }));
        await told(() =>
          client.createTaskPushNotificationConfig({ taskId: "t", url: "https://example.com" }),
        );
        await told(() => client.getExtendedAgentCard());
      }),
      { numRuns: 150 },
    );
  });

  it(`streams over ${binding}`, async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (result) => {
        const client = answeredWith(version, binding, result, true);
        await told(async () => {
          for await (const event of client.sendStreamingMessage("hello")) {
            expect(tryCheck("StreamResponse", event, { mode: "response" }).ok).toBe(true);
            break;
          }
        });
      }),
      { numRuns: 100 },
    );
  });

  it("reads cards, or leaves them", () => {
    fc.assert(
      fc.property(json, fc.boolean(), (value, named) => {
        const card = named && typeof value === "object" ? { ...value, url: "https://example.com" } : value;
        const read = version.readCard(card);
        if (read !== undefined) tryCheck("AgentCard", read, { mode: "lenient" });
      }),
      { numRuns: 300 },
    );
  });
});

describe("0.3 over gRPC", () => {
  const methods = grpc.methods.filter(({ response }) => response !== "Empty");
  it.each(methods)("$name", ({ operation: name, response }) => {
    const operation: Operation = operations[name];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      // Numbers and lengths that are right, around content that need not be.
      fc
        .array(fc.tuple(fc.integer({ min: 1, max: 18 }), fc.uint8Array({ maxLength: 12 })), { maxLength: 4 })
        .map((fields) =>
          Uint8Array.from(
            fields.flatMap(([number, content]) => [(number << 3) | 2, content.length, ...content]),
          ),
        ),
    );
    fc.assert(
      fc.property(bytes, (answer) => {
        try {
          const read = grpc.answer(operation, protobuf(grpc.schema).decode(response, answer));
          tryCheck(operation.response as MessageName, read, { mode: "response" });
        } catch (error) {
          if (!(error instanceof A2AError)) expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
