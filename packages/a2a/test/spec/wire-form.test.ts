/** How answers look on the wire (spec 5.5, 5.6, 9.5, 11.6), on both bindings of a real server. */
import { describe, expect, it } from "vitest";
import { artifact, data, inputRequired, working } from "../../src/index.js";
import { type JsonValue, operationNames } from "../../src/protocol/index.js";
import { bindings, call, Events, online, requestsAbout, saying, send } from "./rig.js";

/** Every member below a value, whatever it is in; free-form JSON aside. */
function* members(value: JsonValue): Generator<[string, JsonValue]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [name, member];
    if (name !== "metadata" && name !== "data") yield* members(member);
  }
}

const agent = async function* () {
  yield working("on it");
  yield artifact("a", [data({ snake_case: 1 })]);
  yield inputRequired("?");
};
const post = () => Promise.resolve({ status: 204 });

describe.each(bindings)("over %s", (binding) => {
  it("names are camelCase, enum values as in the proto, timestamps UTC with milliseconds", async () => {
    await using server = await online(agent, { post });
    const { url } = server;
    const events = await (await Events.open(url, binding, "SendStreamingMessage", saying("go"))).rest();
    const taskId = events[0]?.task?.id as string;
    const config = { taskId, id: "c", url: "https://hook.example/", authentication: { scheme: "Bearer" } };
    await call(url, binding, "CreateTaskPushNotificationConfig", config);
    const answers: JsonValue[] = [events as never, server.card as never];
    for (const [operation, request] of requestsAbout(taskId)) {
      if (operation === "SubscribeToTask" || operation === "SendStreamingMessage") continue;
      const { text } = await call(url, binding, operation, request);
      answers.push(JSON.parse(text));
    }
    const seen = new Set<string>();
    for (const [name, value] of members(answers)) {
      expect(name).toMatch(/^(@type|[a-z][a-zA-Z0-9]*)$/);
      if (name === "state") expect(value).toMatch(/^TASK_STATE_[A-Z_]+$/);
      if (name === "role") expect(value).toMatch(/^ROLE_(USER|AGENT)$/);
      if (name === "timestamp") expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      seen.add(name);
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(["contextId", "artifactUpdate", "state", "role", "timestamp"]),
    );
  });

  it("timestamps in any offset are read, and those of agents written as UTC", async () => {
    await using server = await online(async function* () {
      const status = { state: "TASK_STATE_WORKING", timestamp: "2026-01-02T05:04:05+02:00" };
      yield { statusUpdate: { status } } as never;
      yield inputRequired("?");
    });
    const events = await (
      await Events.open(server.url, binding, "SendStreamingMessage", saying("go"))
    ).rest();
    expect(events[1]?.statusUpdate?.status.timestamp).toMatch(/^2026-01-02T03:04:05(\.000)?Z$/);
    const list = (statusTimestampAfter: string) =>
      call(server.url, binding, "ListTasks", { statusTimestampAfter });
    expect((await list("2020-01-01T00:00:00-05:00")).result).toMatchObject({ totalSize: 1 });
    expect((await list("2999-01-01T00:00:00Z")).result).toMatchObject({ totalSize: 0 });
    expect((await list("yesterday")).error?.violations).toMatchObject([{ field: "statusTimestampAfter" }]);
  });

  it("every error has a code, a message and typed details", async () => {
    await using server = await online(agent, { post });
    const { id } = await send(server.url, binding, saying("go"));
    await call(server.url, binding, "CancelTask", { id });
    const failures = [
      await call(server.url, binding, "GetTask", { id: "none" }),
      await call(server.url, binding, "CancelTask", { id }),
      await call(server.url, binding, "SubscribeToTask", { id }),
      await call(server.url, binding, "GetExtendedAgentCard"),
      await call(server.url, binding, "ListTasks", { pageSize: 1000 }),
      await call(server.url, binding, "SendMessage", { message: {} }),
      await call(server.url, binding, "GetTask", { id }, { "a2a-version": "9.9" }),
    ];
    for (const { error, headers } of failures) {
      expect(error?.code).toEqual(expect.any(Number));
      expect(error?.message).toMatch(/\w/);
      for (const detail of error?.details ?? []) {
        expect(detail["@type"]).toMatch(/^type\.googleapis\.com\/google\.rpc\.\w+$/);
      }
      expect(error?.details[0]).toMatchObject({ reason: expect.any(String), domain: "a2a-protocol.org" });
      expect(headers.get("content-type")).toBe("application/json");
    }
    expect(new Set(failures.map(({ error }) => error?.reason))).toEqual(
      new Set([
        "TASK_NOT_FOUND",
        "TASK_NOT_CANCELABLE",
        "UNSUPPORTED_OPERATION",
        "INVALID_PARAMS",
        "VERSION_NOT_SUPPORTED",
      ]),
    );
  });

  it("unknown fields are ignored wherever they are", async () => {
    await using server = await online(agent);
    const request = { ...saying("go", { later: 1, parts: [{ text: "x", later: {} }] }), later: [] };
    expect((await send(server.url, binding, request)).history?.[0]?.parts).toEqual([{ text: "x" }]);
  });
});

it("both bindings answer the same about the same task", async () => {
  await using server = await online(agent, { post });
  const { id } = await send(server.url, "JSONRPC", saying("go"));
  const config = { taskId: id, id: "c", url: "https://hook.example/" };
  await call(server.url, "HTTP+JSON", "CreateTaskPushNotificationConfig", config);
  const changing = ["SendMessage", "SendStreamingMessage", "CancelTask", "SubscribeToTask"];
  const about = requestsAbout(id).filter(([operation]) => !changing.includes(operation));
  expect(about).toHaveLength(operationNames.length - changing.length);
  for (const [operation, request] of about) {
    const [jsonrpc, http] = await Promise.all(
      bindings.map((each) => call(server.url, each, operation, request)),
    );
    expect(jsonrpc?.result ?? {}).toEqual(http?.error ? {} : http?.result);
    expect(jsonrpc?.error?.reason).toBe(http?.error?.reason);
    expect(jsonrpc?.error?.details).toEqual(http?.error?.details);
  }
  const [over, under] = await Promise.all(
    bindings.map((each) => Events.open(server.url, each, "SubscribeToTask", { id })),
  );
  const first = [await over?.next(), await under?.next()];
  expect(first[0]).toEqual(first[1]);
  await call(server.url, "HTTP+JSON", "CancelTask", { id });
  expect(await over?.rest()).toEqual(await under?.rest());
});
