/** Through gRPC of 0.3 and back, in bytes that an independent implementation reads as we do. */
import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../src/codec/index.js";
import { protobuf } from "../../src/codec/protobuf/index.js";
import { grpc } from "../../src/compat/v0_3/grpc.js";
import { protoCard } from "../../src/compat/v0_3/grpc-dispatcher.js";
import type { Call } from "../../src/dispatch/contract.js";
import {
  type AgentCard,
  type MessageName,
  type Operation,
  type OperationName,
  operations,
  type SendMessageRequest,
} from "../../src/protocol/index.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";
import { arbitraryMessage } from "../codec/arbitrary-message.js";
import { descriptor, protoFile } from "../protocol/proto-file.js";
import { complete, expressible } from "./expressible.js";

const file = protoFile("a2a-0.3.proto", "a2a.v1");

it("has the methods of the service", () => {
  const stated = grpc.methods.map(({ name, operation, request, response }) => ({
    name,
    request,
    response,
    streaming: operations[operation].streaming,
  }));
  const specified = file.methods.map(({ name, requestType, responseType, responseStream = false }) => ({
    name,
    request: requestType,
    response: responseType.replace("google.protobuf.", ""),
    streaming: responseStream,
  }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(stated.toSorted(byName)).toEqual(specified.toSorted(byName));
});

const codec = protobuf(grpc.schema);

/** As they write and read it. */
const theirs = (name: string, message: unknown) => {
  const json = JSON.parse(JSON.stringify(message)) as JsonValue;
  return toBinary(
    file.descriptor(name),
    fromJson(file.descriptor(name), json, { ignoreUnknownFields: true }),
  );
};
const inJson = (name: string, bytes: Uint8Array) =>
  toJson(file.descriptor(name), fromBinary(file.descriptor(name), bytes));

/** Bytes there and back; both sides agree on what they say. */
function overTheWire(name: string, message: object): Record<string, unknown> {
  const bytes = codec.encode(name, message);
  expect(inJson(name, bytes)).toEqual(inJson(name, theirs(name, message)));
  return codec.decode(name, theirs(name, message));
}

/** Without members that stand for nothing. */
const plain = (name: MessageName, message: unknown) =>
  toJson(descriptor(name), fromJson(descriptor(name), JSON.parse(JSON.stringify(message)) as JsonValue));

const dispatcher = new ScriptedDispatcher();
const older = grpc.dispatcher(dispatcher, () => ({}) as AgentCard);
const call: Call = {
  binding: "GRPC",
  version: undefined,
  extensions: undefined,
  lastEventId: undefined,
  tenant: undefined,
  header: () => undefined,
  queryParameter: () => undefined,
};

/** What the server's dispatcher answers a message of 1.0 with. */
async function answered(name: OperationName, message: object, request: object): Promise<object> {
  const json = JSON.stringify(message);
  dispatcher.reply = () => ({ json, extensions: [] });
  dispatcher.script = (sink) => {
    sink.send([{ seq: 1, json }]);
    sink.end();
  };
  if (!operations[name].streaming) return JSON.parse((await older.unary(name, request, call)).json);
  const events = await older.stream(name, request, call);
  return new Promise((resolve) => {
    events.start({
      send: ([event]) => {
        resolve(JSON.parse(event?.json ?? ""));
        return true;
      },
      end() {},
      cut() {},
    });
  });
}

const paths: Partial<Record<OperationName, object>> = {
  GetTask: { name: "tasks/t" },
  CancelTask: { name: "tasks/t" },
  SubscribeToTask: { name: "tasks/t" },
  GetTaskPushNotificationConfig: { name: "tasks/t/pushNotificationConfigs/c" },
  ListTaskPushNotificationConfigs: { parent: "tasks/t" },
  CreateTaskPushNotificationConfig: { parent: "tasks/t", config: { pushNotificationConfig: {} } },
};

const methods = grpc.methods.filter(({ response }) => response !== "Empty" && response !== "AgentCard");

describe("an answer of", () => {
  it.each(methods)("$name", async ({ operation: name, response }) => {
    const operation: Operation = operations[name];
    const type = operation.response as MessageName;
    await fc.assert(
      fc.asyncProperty(arbitraryMessage(type), async ({ normal }) => {
        const given = whole(type, normal as object);
        const message = await answered(name, given, paths[name] ?? {});
        dispatcher.calls.length = 0;
        const read = check(type, grpc.answer(operation, overTheWire(response, message)), {
          mode: "response",
        });
        // Its pages have tokens, unlike those of JSON-RPC.
        const { nextPageToken } = given as { nextPageToken?: string };
        const expected = { ...(expressible[type]?.("proto", given as never) ?? given), nextPageToken };
        expect(plain(type, read)).toEqual(plain(type, expected));
      }),
      { numRuns: 60 },
    );
  });
});

function whole(type: MessageName, given: object): object {
  if (type === "TaskPushNotificationConfig") return complete(type)(given);
  if (!("configs" in given)) return given;
  return { ...given, configs: (given.configs as object[]).map(complete("TaskPushNotificationConfig")) };
}

/** Zero stands for nothing in the proto; and who sends no configuration waits, which has to be said. */
const asked: Partial<Record<OperationName, (given: never) => object>> = {
  SendMessage: send,
  SendStreamingMessage: send,
  GetTask: ({ id, historyLength }: { id: string; historyLength?: number }) => ({
    id,
    ...(historyLength && { historyLength }),
  }),
  CancelTask: ({ id }: { id: string }) => ({ id }),
  ListTaskPushNotificationConfigs: ({ pageSize, ...same }: { pageSize?: number }) => ({
    ...same,
    pageSize: pageSize || 100,
  }),
};

function send(given: SendMessageRequest): object {
  const written = expressible.SendMessageRequest?.("proto", given as never) as Partial<SendMessageRequest>;
  const { configuration, ...same } = written;
  const { historyLength, ...others } = configuration ?? {};
  return { ...same, configuration: { ...others, ...(historyLength && { historyLength }) } };
}

describe("a request of", () => {
  it.each(grpc.methods)("$name", async ({ operation: name, request: messageName }) => {
    const operation: Operation = operations[name];
    const type = operation.request;
    await fc.assert(
      fc.asyncProperty(arbitraryMessage(type), async ({ normal }) => {
        const { tenant: _, ...given } = whole(type, normal as object) as { tenant?: string };
        const message = overTheWire(messageName, grpc.request(operation, given));
        await answered(name, {}, message).catch(() => {});
        const { request, call } = dispatcher.taken();
        expect(call).toMatchObject({ version: "1.0", older: "0.3" });
        expect(plain(type, request)).toEqual(plain(type, asked[name]?.(given as never) ?? given));
      }),
      { numRuns: 60 },
    );
  });
});

const stated = (value: object): object => JSON.parse(JSON.stringify(value));

/** What 1.0 has added to the flows of OAuth. */
const added = (key: string, value: unknown) =>
  key === "deviceCode" || key === "pkceRequired" ? undefined : value;

it("a card", () => {
  fc.assert(
    fc.property(arbitraryMessage("AgentCard"), ({ normal }) => {
      const { signatures: _, supportedInterfaces, ...card } = normal as AgentCard;
      const written = { ...protoCard({ ...card, supportedInterfaces }), url: "https://example.com" };
      const read = grpc.answer(operations.GetExtendedAgentCard, overTheWire("AgentCard", written)) as object;
      const { capabilities } = card;
      const extensions = capabilities.extensions?.filter(({ uri }) => uri !== undefined);
      const { streaming = false, pushNotifications = false, extendedAgentCard = false } = capabilities;
      const offered = { streaming, pushNotifications, extendedAgentCard, extensions };
      const lessened = JSON.parse(JSON.stringify(card.securitySchemes ?? {}, added));
      const told = ({ capabilities: said = {}, ...same }: Partial<AgentCard>) =>
        plain("AgentCard", {
          ...same,
          // Empty and absent are one in the proto.
          documentationUrl: same.documentationUrl || undefined,
          iconUrl: same.iconUrl || undefined,
          capabilities: {
            streaming: false,
            pushNotifications: false,
            extendedAgentCard: false,
            ...stated(said),
          },
          supportedInterfaces,
        });
      expect(told(read)).toEqual(
        told({ ...card, capabilities: offered as never, securitySchemes: lessened }),
      );
    }),
    { numRuns: 100 },
  );
});
