/** Errors in the words of older versions: `data` is one object, and nothing of what 1.0 tells is lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readError } from "../../src/bindings/read-error.js";
import { A2AError, createClient } from "../../src/client/index.js";
import { v0_1, v0_3 } from "../../src/compat/index.js";
import type { Serving } from "../../src/hosts/node/index.js";
import type { AgentCard, ErrorReason } from "../../src/protocol/index.js";
import { online } from "./rig.js";

/** Everything an error can tell. */
const full = new A2AError("RESOURCE_EXHAUSTED", "Not so fast", {
  metadata: { limit: "10" },
  violations: [{ field: "message", description: "one too many" }],
  retryAfter: 1.5,
});

const facts = {
  reason: "RESOURCE_EXHAUSTED",
  domain: "a2a-protocol.org",
  metadata: { limit: "10" },
  fieldViolations: [{ field: "message", description: "one too many" }],
  retryDelay: "1.5s",
};

const list = [
  { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: facts.reason, metadata: facts.metadata },
  { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: facts.fieldViolations },
  { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: facts.retryDelay },
];

const told = ({ reason, message, metadata, violations, retryAfter }: A2AError) =>
  ({ reason, message, metadata, violations, retryAfter }) as const;

let serving: Serving;
beforeAll(async () => {
  const limited = () => {
    throw full;
  };
  serving = await online({ versions: [v0_3, v0_1], interceptors: [limited] });
});
afterAll(() => serving.close());

async function refusal(path: string, method: string, headers: Record<string, string> = {}) {
  const parts = [{ kind: "text", type: "text", text: "hello" }];
  const params = { id: "none", message: { messageId: "m", role: "user", parts } };
  const response = await fetch(serving.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const text = (await response.text()).replace(/^data: /, "");
  return (JSON.parse(text) as { error: { data: unknown } }).error;
}

describe("error.data of JSON-RPC is one object", () => {
  it.each([
    ["0.3", "/", "message/send", { "a2a-version": "0.3" }],
    ["no version", "/", "message/send", {}],
    ["0.3, for readers of events", "/", "message/stream", { accept: "text/event-stream" }],
    ["0.1 beside 0.3", "/", "tasks/send", {}],
    ["0.1", "/", "tasks/send", { "a2a-version": "0.1" }],
    ["0.1 at its own URL", "/v0.1", "tasks/send", {}],
  ])("%s", async (_, path, method, headers) => {
    const error = await refusal(path, method, headers);
    expect(error.data).toEqual({ error: "Not so fast", ...facts });
    expect(told(readError(error))).toEqual(told(full));
  });

  it("for what is refused before anybody looks at its params", async () => {
    const none = await refusal("/", "coffee/make");
    expect(none.data).toEqual({
      error: "Method not found",
      reason: "METHOD_NOT_FOUND",
      domain: "a2a-protocol.org",
    });
  });

  it("and in 1.0 stays a list", async () => {
    const { data } = await refusal("/", "GetTask", { "a2a-version": "1.0" });
    expect(data).toEqual(list.map((each) => expect.objectContaining(each)));
  });
});

it("HTTP+JSON has the same beside code and message", async () => {
  const body = await (await fetch(`${serving.url}/v1/tasks/none`)).json();
  expect(body).toMatchObject({ code: -31429, message: "Not so fast", data: facts });
  expect(told(readError(body))).toEqual(told(full));
});

describe.each([
  ["an object", { error: "Not so fast", ...facts }],
  ["a list", list],
])("the client reads data that is %s", (_, data) => {
  it.each([
    ["an answer of 0.3", v0_3, false],
    ["an event of 0.3", v0_3, true],
    ["an answer of 0.1", v0_1, false],
  ] as const)("in %s", async (_, version, streams) => {
    const [protocolVersion] = version.names;
    const card = {
      supportedInterfaces: [{ url: "http://127.0.0.1:9/", protocolBinding: "JSONRPC", protocolVersion }],
      capabilities: { streaming: true },
    } as AgentCard;
    const headers = { "content-type": streams ? "text/event-stream" : "application/json" };
    const answer: typeof fetch = async (_, { body } = {}) => {
      const { id } = JSON.parse(String(body)) as { id: number };
      const error = { code: -31429, message: "Not so fast", data };
      const text = JSON.stringify({ jsonrpc: "2.0", id, error });
      return new Response(streams ? `data: ${text}\n\n` : text, { headers });
    };
    const client = createClient(card, { versions: [version], fetch: answer, retries: 0, resumes: 0 });
    const call = streams ? client.sendStreamingMessage("hello").next() : client.getTask({ id: "none" });
    const error = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(A2AError);
    expect(told(error as A2AError)).toEqual(told(full));
  });
});

it("an unknown reason in an object leaves the code to decide", () => {
  const error = { code: -32001, message: "Gone", data: { reason: "GONE", metadata: { id: "t", n: 1 } } };
  const { reason, metadata } = readError(error);
  expect([reason, metadata]).toEqual(["TASK_NOT_FOUND" satisfies ErrorReason, { id: "t" }]);
});
