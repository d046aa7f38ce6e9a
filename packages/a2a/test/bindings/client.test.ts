/** The client's halves of both bindings by themselves: what a call is on the wire, and what is made of an answer. */
import { describe, expect, it } from "vitest";
import { httpJsonClient } from "../../src/bindings/http-json/client.js";
import { jsonrpcClient } from "../../src/bindings/jsonrpc/client.js";
import { type Operation, operations } from "../../src/protocol/index.js";

const bindings = { JSONRPC: jsonrpcClient, "HTTP+JSON": httpJsonClient };
const answerOf = (body: object | string, status = 200) => ({
  status,
  headers: new Headers(),
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const fails = (reason: string) => expect.objectContaining({ reason });

describe("what is asked for (9.1, 11.1)", () => {
  it.each(Object.entries<Operation>(operations))("%s: the media types of its binding", (_, operation) => {
    const request = { id: "t", taskId: "t" };
    const ours = { JSONRPC: "application/json", "HTTP+JSON": "application/a2a+json" };
    const preferred = { JSONRPC: "application/json", "HTTP+JSON": "application/a2a+json, application/json" };
    for (const binding of ["JSONRPC", "HTTP+JSON"] as const) {
      for (const call of bindings[binding]("https://a.test/").calls(operation, request)) {
        const { method, headers } = call.request;
        expect(headers["content-type"]).toBe(method === "POST" ? ours[binding] : undefined);
        expect(headers["accept"]?.replace("text/event-stream, ", "")).toBe(preferred[binding]);
        expect(headers["accept"]?.startsWith("text/event-stream, ")).toBe(operation.streaming);
      }
    }
  });

  it("an interface's URL keeps its path and its query", () => {
    const urls = (operation: Operation, request: object) =>
      [jsonrpcClient, httpJsonClient].map(
        (client) => client("https://a.test/x/?key=a%2Fb").calls(operation, request)[0]?.request.url,
      );
    expect(urls(operations.GetTask, { id: "t", historyLength: 1 })).toEqual([
      "https://a.test/x/?key=a%2Fb",
      "https://a.test/x/tasks/t?key=a%2Fb&historyLength=1",
    ]);
    expect(urls(operations.SendMessage, { message: {} })).toEqual([
      "https://a.test/x/?key=a%2Fb",
      "https://a.test/x/message:send?key=a%2Fb",
    ]);
  });
});

describe("what is made of answers", () => {
  const [asked] = jsonrpcClient("https://a.test/").calls(operations.GetTask, { id: "t" });
  const [routed] = httpJsonClient("https://a.test/").calls(operations.GetTask, { id: "t" });

  it.each([
    { id: 1, result: {} },
    { jsonrpc: "1.0", id: 1, result: {} },
    { jsonrpc: "2.0", id: 2, result: {} },
    { jsonrpc: "2.0", id: 1 },
    [],
  ])("%j is no JSON-RPC response", (body) => {
    expect(() => asked?.answer(answerOf(body))).toThrow(fails("INVALID_AGENT_RESPONSE"));
    expect(asked?.answer(answerOf({ jsonrpc: "2.0", id: 1, result: { id: "t" } }))).toEqual({ id: "t" });
  });

  it.each(["toString", "__proto__", "OUT_OF_LUCK", 5, null])(
    "the reason %j is none, so the code counts",
    (reason) => {
      const data = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason }];
      const error = { code: -32001, message: "No", data };
      expect(() => asked?.answer(answerOf({ jsonrpc: "2.0", id: 1, error }))).toThrow(
        fails("TASK_NOT_FOUND"),
      );
      const status = { code: 404, status: "NOT_FOUND", message: "No", details: data };
      expect(() => routed?.answer(answerOf({ error: status }, 404))).toThrow(fails("TASK_NOT_FOUND"));
    },
  );
});
