/** The same request, valid or not, has the same outcome on all three bindings (spec 5.1). */
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toQuery, toRoute } from "../../src/bindings/http-json/routes.js";
import { decode, encode } from "../../src/codec/protobuf/index.js";
import { type Serving, serve } from "../../src/hosts/node/index.js";
import { artifact, defineAgent, inputRequired, rejected } from "../../src/index.js";
import { type MessageName, type OperationName, operations } from "../../src/protocol/index.js";
import { metadataOf, richStatus } from "./grpc-peer.js";

const agent = defineAgent({
  card: {
    name: "Parity",
    description: "Does as it is told",
    version: "1",
    defaultInputModes: ["text/*", "application/json"],
    capabilities: { extensions: [{ uri: "https://x.test/known" }] },
  },
  async *execute(request) {
    if (request.text === "ask") yield inputRequired("What?");
    if (request.text === "no") return rejected("No");
    if (request.text === "boom") throw new Error("secret");
    yield artifact(
      "echo",
      request.parts.map((part) => ({ ...part })),
    );
  },
  reply: (request) => (request.text === "ping" ? "pong" : undefined),
});

const bindings = ["JSONRPC", "HTTP+JSON", "GRPC"] as const;
type Binding = (typeof bindings)[number];

let serving: Serving;
let channel: Client;
/** Per binding, so that each sees the same history: tasks that ended, and that wait. */
const ended = new Map<Binding, string>();
const waiting = new Map<Binding, string>();

beforeAll(async () => {
  serving = await serve(agent, {
    port: 0,
    grpc: {},
    post: async () => ({ status: 200 }),
    log: { error() {}, warn() {}, info() {} },
  });
  channel = new Client(serving.grpc?.address ?? "", credentials.createInsecure());
  for (const binding of bindings) {
    for (const [text, tasks] of [
      ["hello", ended],
      ["ask", waiting],
    ] as const) {
      const message = { messageId: "m", role: "ROLE_USER", parts: [{ text }] };
      const { task } = (await call(binding, "SendMessage", { message }, "1.0")) as { task: { id: string } };
      tasks.set(binding, task.id);
    }
  }
});
afterAll(async () => {
  channel.close();
  await serving.close();
});

interface Failure {
  readonly reason: string;
  readonly fields: readonly string[];
}

/** The answer, the events of a stream, or how it failed. */
async function call(
  binding: Binding,
  name: OperationName,
  request: object,
  version: string,
): Promise<unknown> {
  if (binding === "GRPC") return callGrpc(name, request, version);
  const headers = { "content-type": "application/json", "a2a-version": version };
  const operation = operations[name];
  if (binding === "JSONRPC") {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params: request });
    return outcome(await fetch(serving.url, { method: "POST", headers, body }));
  }
  const { verb, path, rest } = toRoute(operation, request, operation.routes[0]);
  const posted = verb === "POST";
  const url = `${serving.url}${path}${posted ? "" : `?${toQuery(rest)}`}`;
  return outcome(
    await fetch(url, { method: verb, headers, body: posted ? JSON.stringify(rest) : undefined }),
  );
}

async function outcome(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.headers.get("content-type") !== "text/event-stream")
    return resultOf(text === "" ? {} : JSON.parse(text));
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => resultOf(JSON.parse(data as string)));
}

function resultOf(body: {
  jsonrpc?: string;
  result?: unknown;
  error?: { data?: Detail[]; details?: Detail[] };
}): unknown {
  if (body.error === undefined) return body.jsonrpc === undefined ? body : body.result;
  return failure(body.error.data ?? body.error.details ?? []);
}

type Detail = { reason?: string; fieldViolations?: { field: string }[] };

function failure(details: readonly Detail[]): Failure {
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field));
  return { reason: details.find(({ reason }) => reason)?.reason ?? "none", fields: fields.toSorted() };
}

async function callGrpc(name: OperationName, request: object, version: string): Promise<unknown> {
  const { request: requestName, response, streaming } = operations[name];
  const bytes = Buffer.from(encode(requestName, request as never));
  const path = `/lf.a2a.v1.A2AService/${name}`;
  const asIs = (value: Buffer) => value;
  const read = (answer: Buffer) => (response === "Empty" ? {} : decode(response as MessageName, answer));
  const metadata = metadataOf({ "a2a-version": version });
  try {
    if (!streaming) {
      return read(
        await new Promise<Buffer>((resolve, reject) => {
          channel.makeUnaryRequest(path, asIs, asIs, bytes, metadata, (error, answer) =>
            error ? reject(error) : resolve(answer as Buffer),
          );
        }),
      );
    }
    const events: unknown[] = [];
    for await (const event of channel.makeServerStreamRequest(path, asIs, asIs, bytes, metadata))
      events.push(read(event));
    return events;
  } catch (error) {
    return failure(richStatus(error as ServiceError).details as Detail[]);
  }
}

/** Without what differs from call to call: ids, times, error ids. */
const alike = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item) => {
      if (key === "pageSize" || key === "totalSize" || key === "nextPageToken" || key === "configs")
        return undefined;
      if (Array.isArray(item) && item.length === 0) return undefined;
      if (key === "timestamp") return "T";
      return item;
    })?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID") ?? "null",
  );

const text = fc.constantFrom("", "hello", "ping", "ask", "no", "boom", "ü☂😀", "a\u0000b");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });
const json = fc.constantFrom<unknown>(null, 0, -0.5, "x", true, [], {}, [null, [1]], { a: { b: null } });
const part = fc.oneof(
  { weight: 6, arbitrary: fc.record({ text }) },
  { weight: 2, arbitrary: fc.record({ data: json, metadata: maybe(fc.constant({ k: [1, null] })) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      raw: fc.constantFrom("", "AAEC"),
      mediaType: maybe(fc.constantFrom("text/csv", "image/png")),
    }),
  },
  { weight: 1, arbitrary: fc.constant({}) },
);
/** Stands for the id of a task of the binding that is called. */
const taskId = fc.constantFrom("ENDED", "WAITING", "unknown", "a b/c");
const message = fc.record({
  messageId: fc.oneof(
    { weight: 8, arbitrary: fc.constant<string | undefined>("m") },
    { weight: 1, arbitrary: fc.constantFrom(undefined, "") },
  ),
  role: fc.oneof(
    { weight: 8, arbitrary: fc.constant<string | undefined>("ROLE_USER") },
    { weight: 1, arbitrary: fc.constantFrom(undefined, "ROLE_AGENT") },
  ),
  parts: fc.array(part, { minLength: 0, maxLength: 2 }),
  taskId: maybe(fc.constantFrom("ENDED", "unknown")),
  metadata: maybe(fc.constant({ n: 1, s: "x", none: null })),
  extensions: maybe(fc.constant(["https://x.test/known"])),
});
const send = fc.record({
  message: fc.oneof({ weight: 12, arbitrary: message }, { weight: 1, arbitrary: fc.constant(undefined) }),
  configuration: maybe(
    fc.record({
      historyLength: maybe(fc.constantFrom(0, 1, 5, -1)),
      acceptedOutputModes: maybe(fc.constantFrom(["text/plain"], ["image/png"], ["*/*"])),
      taskPushNotificationConfig: maybe(
        fc.constantFrom({ url: "https://hook.test/" }, { url: "nonsense" }, { url: "" }),
      ),
    }),
  ),
});
const historyLength = maybe(fc.constantFrom(0, 1, -1, 2 ** 31 - 1));
const config = fc.constantFrom("c1", "c 2", "none");

const cases: fc.Arbitrary<readonly [OperationName, object]> = fc.oneof(
  { weight: 6, arbitrary: send.map((request) => ["SendMessage", request] as const) },
  { weight: 3, arbitrary: send.map((request) => ["SendStreamingMessage", request] as const) },
  {
    weight: 2,
    arbitrary: fc.record({ id: taskId, historyLength }).map((request) => ["GetTask", request] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        // Not 0, which is none over gRPC alone.
        pageSize: maybe(fc.constantFrom(1, 100, 101, -1)),
        contextId: fc.constant("nobody's"),
        status: maybe(fc.constant("TASK_STATE_WORKING")),
        pageToken: maybe(fc.constantFrom("nonsense", "")),
        historyLength,
        includeArtifacts: maybe(fc.boolean()),
        statusTimestampAfter: maybe(fc.constantFrom("2026-01-02T03:04:05.678Z")),
      })
      .map((request) => ["ListTasks", request] as const),
  },
  { weight: 1, arbitrary: fc.constantFrom("ENDED", "unknown").map((id) => ["CancelTask", { id }] as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("ENDED", "unknown").map((id) => ["SubscribeToTask", { id }] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        taskId,
        id: config,
        url: fc.constantFrom("https://hook.test/", "ftp://x", "", "nonsense"),
        token: maybe(text),
      })
      .map((request) => ["CreateTaskPushNotificationConfig", request] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ taskId, id: config })
      .map((request) => ["GetTaskPushNotificationConfig", request] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ taskId, pageSize: maybe(fc.constantFrom(0, 1, -1)) })
      .map((request) => ["ListTaskPushNotificationConfigs", request] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ taskId, id: config })
      .map((request) => ["DeleteTaskPushNotificationConfig", request] as const),
  },
  { weight: 1, arbitrary: fc.constant(["GetExtendedAgentCard", {}] as const) },
);

const versions = fc.oneof(
  { weight: 12, arbitrary: fc.constant("1.0") },
  { weight: 1, arbitrary: fc.constantFrom("1.0.7", "2.0", "x") },
);

test("400 requests, valid and not, mean the same on every binding", { timeout: 60_000 }, async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(cases, versions, async ([name, template], version) => {
      const seen = [];
      for (const binding of bindings) {
        const own = { ENDED: ended.get(binding), WAITING: waiting.get(binding) } as Record<string, string>;
        const request = JSON.parse(
          JSON.stringify(template, (_, value) => (typeof value === "string" ? (own[value] ?? value) : value)),
        );
        seen.push(alike(await call(binding, name, request, version)));
      }
      const [onJsonrpc, ...others] = seen;
      outcomes.add(`${name} ${(onJsonrpc as Partial<Failure>)?.reason ?? "ok"}`);
      for (const other of others) expect(other).toEqual(onJsonrpc);
    }),
    { numRuns: 400 },
  );
  // The cases reach what they are meant to reach.
  for (const one of [
    "SendMessage ok",
    "SendMessage INVALID_PARAMS",
    "GetTask TASK_NOT_FOUND",
    "ListTasks INVALID_PARAMS",
  ]) {
    expect(outcomes).toContain(one);
  }
});
