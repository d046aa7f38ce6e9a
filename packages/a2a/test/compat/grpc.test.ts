/** gRPC of 0.3 beside that of 1.0: which is which, what is in metadata, and what goes wrong, in codes of 0.3. */
import { Client, status as codes, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bearerTokens } from "../../src/auth/index.js";
import { connect, memoryCardCache } from "../../src/client/index.js";
import { protobuf } from "../../src/codec/protobuf/index.js";
import { v0_3 } from "../../src/compat/index.js";
import { grpc as wire } from "../../src/compat/v0_3/grpc.js";
import { grpc } from "../../src/grpc.js";
import { type Serving, serve } from "../../src/hosts/node/index.js";
import { silent } from "../../src/ports/index.js";
import { receiver } from "../push/support.js";
import { agent, online } from "./rig.js";

let serving: Serving;
let channel: Client;
beforeAll(async () => {
  serving = await online({ grpc: {} });
  channel = new Client(serving.grpc?.address ?? "", credentials.createInsecure());
});
afterAll(async () => {
  channel.close();
  await serving.close();
});

const toBuffer = (bytes: Uint8Array) => Buffer.from(bytes);
const asIs = (bytes: Buffer) => bytes;

interface Answer {
  readonly message?: Record<string, unknown>;
  readonly error?: ServiceError;
  readonly head?: Metadata;
}

const codec = protobuf(wire.schema);

/** Calls a method with a message of 0.3, or with bytes. */
function call(
  name: string,
  request: object,
  given: Record<string, string> = {},
  to = channel,
): Promise<Answer> {
  const method = wire.methods.find((each) => each.name === name);
  if (method === undefined) throw new TypeError(`no method ${name}`);
  const bytes = request instanceof Uint8Array ? request : codec.encode(method.request, request);
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(given)) metadata.set(key, value);
  return new Promise((resolve) => {
    let head: Metadata | undefined;
    const path = `/a2a.v1.A2AService/${name}`;
    const made = to.makeUnaryRequest(path, toBuffer, asIs, bytes, metadata, {}, (error, answer) =>
      resolve(error ? { error, ...(head && { head }) } : { message: read(answer), ...(head && { head }) }),
    );
    made.on("metadata", (came) => {
      head = came;
    });
    const read = (answer: Buffer | undefined) =>
      method.response === "Empty" ? {} : codec.decode(method.response, answer ?? Buffer.alloc(0));
  });
}

async function events(name: string, request: object): Promise<Record<string, unknown>[]> {
  const method = wire.methods.find((each) => each.name === name);
  const bytes = codec.encode(method?.request ?? "", request);
  const stream = channel.makeServerStreamRequest(
    `/a2a.v1.A2AService/${name}`,
    toBuffer,
    asIs,
    bytes,
    new Metadata(),
  );
  const all: Record<string, unknown>[] = [];
  for await (const each of stream) all.push(codec.decode("StreamResponse", each));
  return all;
}

interface Made {
  readonly id: string;
  readonly contextId: string;
}

const saying = (text: string, more: object = {}) => ({
  message: { messageId: "m", role: "ROLE_USER", content: [{ text }], ...more },
});
const waiting = { configuration: { blocking: true } };

async function made(request: object): Promise<Made> {
  const { message = {}, error } = await call("SendMessage", { ...request, ...waiting });
  if (error) throw error;
  return message.task as Made;
}

describe("the card", () => {
  it("lists the address once for each version", () => {
    const url = serving.grpc?.address;
    expect(
      serving.card.supportedInterfaces.filter(({ protocolBinding }) => protocolBinding === "GRPC"),
    ).toEqual([
      { url, protocolBinding: "GRPC", protocolVersion: "1.0" },
      { url, protocolBinding: "GRPC", protocolVersion: "0.3" },
    ]);
  });

  it("is what GetAgentCard answers where there is no other", async () => {
    const { message } = await call("GetAgentCard", {});
    expect(message).toMatchObject({
      name: "Versions",
      protocolVersion: "0.3.0",
      url: `${serving.url}/`,
      preferredTransport: "JSONRPC",
      additionalInterfaces: [{}, {}, { url: serving.grpc?.address, transport: "GRPC" }],
    });
  });

  it("is the extended one for who may see it", async () => {
    const authenticator = bearerTokens({ t: { id: "ada" } });
    const served = { ...agent, card: { ...agent.card } };
    await using other: Serving = await online(
      {
        grpc: {},
        authenticator,
        extendedCard: () => ({ ...other.card, description: "More" }),
      },
      served,
    );
    const to = new Client(other.grpc?.address ?? "", credentials.createInsecure());
    expect((await call("GetAgentCard", {}, {}, to)).error?.code).toBe(codes.UNAUTHENTICATED);
    const { message } = await call("GetAgentCard", {}, { authorization: "Bearer t" }, to);
    expect(message).toMatchObject({ description: "More", supportsAuthenticatedExtendedCard: true });
    expect(message?.securitySchemes).toMatchObject({
      bearer: { httpAuthSecurityScheme: { scheme: "Bearer" } },
    });
    to.close();
  });
});

describe("sending", () => {
  it.each([undefined, {}, { blocking: false }])(
    "does not wait with the configuration %j",
    async (configuration) => {
      const { message } = await call("SendMessage", { ...saying("wait"), configuration });
      const task = message?.task as Made & { status: { state: string } };
      expect(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"]).toContain(task.status.state);
      await call("CancelTask", { name: `tasks/${task.id}` });
    },
  );

  it("waits when it is told to, and gives the whole history for a length of zero", async () => {
    const task = await made(saying("hello"));
    expect(task).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      artifacts: [{ artifactId: "echo", parts: [{ text: "hello" }] }],
      history: [{ role: "ROLE_USER", content: [{ text: "hello" }] }, { role: "ROLE_AGENT" }],
    });
    const read = async (historyLength: number) =>
      (await call("GetTask", { name: `tasks/${task.id}`, historyLength })).message?.history;
    expect(await read(0)).toHaveLength(2);
    expect(await read(1)).toHaveLength(1);
  });

  it("streams, and says in its head where it can be resumed", async () => {
    const got = await events("SendStreamingMessage", saying("pieces"));
    expect(got.map((event) => Object.keys(event)[0])).toEqual([
      "task",
      "statusUpdate",
      ...["artifactUpdate", "artifactUpdate", "artifactUpdate"],
      "statusUpdate",
    ]);
    expect(got.at(-1)).toMatchObject({
      statusUpdate: { final: true, status: { state: "TASK_STATE_COMPLETED" } },
    });
  });

  it("is called off with the call", async () => {
    const bytes = codec.encode("SendMessageRequest", {
      ...saying("wait", { contextId: "given-up" }),
      ...waiting,
    });
    const path = "/a2a.v1.A2AService/SendMessage";
    const deadline = Date.now() + 300;
    const failed = await new Promise<ServiceError | null>((resolve) =>
      channel.makeUnaryRequest(path, toBuffer, asIs, bytes, new Metadata(), { deadline }, resolve),
    );
    expect(failed?.code).toBe(codes.DEADLINE_EXCEEDED);
    const client = await connect(serving.url);
    await vi.waitFor(async () => {
      const { tasks } = await client.listTasks({ contextId: "given-up" });
      expect(tasks).toMatchObject([{ status: { state: "TASK_STATE_CANCELED" } }]);
    });
  });
});

it("answers extensions in metadata of the name that 0.3 has", async () => {
  const uri = "urn:parley:a2a:stream-resumption:v1";
  const { head } = await call("GetTask", { name: "tasks/none" }, { "x-a2a-extensions": uri });
  expect(head?.get("a2a-extensions") ?? []).toEqual([]);
  const sent = await call("SendMessage", saying("message me"), { "x-a2a-extensions": uri });
  expect(sent.head?.get("x-a2a-extensions")).toEqual([uri]);
});

it("keeps push notification configurations, and posts the task as 0.3 has it", async () => {
  const { url, got } = await receiver();
  const { id, contextId } = await made(saying("ask me"));
  const pushNotificationConfig = { id: "a/b", url };
  const name = `tasks/${id}/pushNotificationConfigs/a/b`;
  const set = { parent: `tasks/${id}`, configId: "a/b", config: { pushNotificationConfig } };
  expect((await call("CreateTaskPushNotificationConfig", set)).message).toEqual({
    name,
    pushNotificationConfig,
  });
  expect((await call("GetTaskPushNotificationConfig", { name })).message).toEqual({
    name,
    pushNotificationConfig,
  });
  const list = async (more = {}) =>
    (await call("ListTaskPushNotificationConfig", { parent: `tasks/${id}`, ...more })).message?.configs;
  expect(await list()).toEqual([{ name, pushNotificationConfig }]);
  await call("SendMessage", { ...saying("this", { taskId: id, contextId }), ...waiting });
  await vi.waitFor(() => expect(got.at(-1)?.body).toContain('"completed"'));
  expect(JSON.parse(got.at(-1)?.body ?? "")).toMatchObject({ kind: "task", id });
  expect((await call("DeleteTaskPushNotificationConfig", { name })).message).toEqual({});
  expect(await list()).toBeUndefined();
});

describe("what goes wrong", () => {
  it.each([
    ["GetTask", { name: "tasks/none" }, "NOT_FOUND"],
    ["CancelTask", { name: "tasks/none" }, "NOT_FOUND"],
    ["GetTask", { name: "none" }, "INVALID_ARGUMENT"],
    ["GetTask", {}, "INVALID_ARGUMENT"],
    ["GetTaskPushNotificationConfig", { name: "tasks/none" }, "INVALID_ARGUMENT"],
    ["GetTaskPushNotificationConfig", { name: "tasks/none/pushNotificationConfigs/" }, "INVALID_ARGUMENT"],
    ["ListTaskPushNotificationConfig", { parent: "" }, "INVALID_ARGUMENT"],
    ["CreateTaskPushNotificationConfig", { parent: "x", config: {} }, "INVALID_ARGUMENT"],
    ["CreateTaskPushNotificationConfig", { parent: "tasks/none" }, "INVALID_ARGUMENT"],
    ["SendMessage", {}, "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { content: [] }), "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { content: [{}] }), "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { content: [{ file: {} }] }), "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { role: "ROLE_UNSPECIFIED" }), "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { messageId: "" }), "INVALID_ARGUMENT"],
    ["SendMessage", saying("x", { taskId: "none" }), "NOT_FOUND"],
    ["SendMessage", { ...saying("x"), configuration: { historyLength: -1 } }, "INVALID_ARGUMENT"],
    ["SendMessage", Uint8Array.of(0x0a, 0xff), "INVALID_ARGUMENT"],
  ] as const)("%s %j is %s", async (name, request, code) => {
    const { error } = await call(name, request);
    expect(codes[error?.code ?? 0]).toBe(code);
    expect(error?.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  it.each(["[]", "{}"])("nesting of %s without end is INVALID_ARGUMENT", async (brackets) => {
    let value: unknown = 1;
    for (let depth = 0; depth < 2_000; depth++) value = brackets === "[]" ? [value] : { a: value };
    const { error } = await call("SendMessage", saying("x", { metadata: { value } }));
    expect(error?.code).toBe(codes.INVALID_ARGUMENT);
  });

  it("is never the server's fault, whatever the bytes", async () => {
    const methods = fc.constantFrom(
      ...wire.methods.filter(({ operation }) => !/Stream|Subscribe/.test(operation)),
    );
    await fc.assert(
      fc.asyncProperty(methods, fc.uint8Array({ maxLength: 60 }), async ({ name }, bytes) => {
        const { error } = await call(name, bytes);
        expect([undefined, codes.INVALID_ARGUMENT, codes.NOT_FOUND]).toContain(error?.code);
      }),
      { numRuns: 300 },
    );
  });

  it("has the codes of 0.3 for what an agent cannot do", async () => {
    await using modest = await serve(agent, {
      log: silent,
      versions: [v0_3],
      grpc: {},
      post: undefined as never,
    });
    const to = new Client(modest.grpc?.address ?? "", credentials.createInsecure());
    const set = { parent: "tasks/t", config: { pushNotificationConfig: { url: "https://example.com" } } };
    expect((await call("CreateTaskPushNotificationConfig", set, {}, to)).error?.code).toBe(
      codes.UNIMPLEMENTED,
    );
    to.close();
    const { id } = await made(saying("hello"));
    expect((await call("CancelTask", { name: `tasks/${id}` })).error?.code).toBe(codes.FAILED_PRECONDITION);
    const again = await call("SendMessage", saying("again", { taskId: id }));
    expect(again.error?.code).toBe(codes.UNIMPLEMENTED);
  });
});

describe("our client", () => {
  const older = () =>
    connect(serving.url, {
      versions: [v0_3],
      transports: [grpc()],
      bindings: ["GRPC"],
      headers: { "a2a-version": "0.3" },
      cardCache: memoryCardCache(),
    });

  it("speaks 1.0 where the card offers it", async () => {
    const client = await connect(serving.url, { versions: [v0_3], transports: [grpc()], bindings: ["GRPC"] });
    expect(client.interface).toMatchObject({ protocolBinding: "GRPC", protocolVersion: "1.0" });
    client.close();
  });

  it("resumes streams of 0.3 by their sequence", async () => {
    const client = await older();
    expect(client.interface).toMatchObject({ protocolBinding: "GRPC", protocolVersion: "0.3.0" });
    const stream = client.sendStreamingMessage("pieces");
    const first = await stream.next();
    const { id = "" } = first.value?.task ?? {};
    const { lastEventId } = stream;
    await stream.return();
    expect(lastEventId).toMatch(/^\d+$/);
    const rest: unknown[] = [];
    for await (const event of client.subscribeToTask({ id }, { lastEventId })) rest.push(event);
    expect(rest.at(-1)).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } } });
    expect(rest).toHaveLength(5);
    client.close();
  });

  it("is refused what 0.3 cannot say before anything is sent", async () => {
    const client = await older();
    await expect(client.listTasks()).rejects.toMatchObject({ reason: "UNSUPPORTED_OPERATION" });
    client.close();
  });
});
