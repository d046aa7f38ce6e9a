/** gRPC in 0.3: package `a2a.v1`, whose messages are those of the `proto` form (0.3 specification/grpc/a2a.proto). */
import type { OlderGrpcClient, OlderGrpcServer } from "../../bindings/grpc/wire.js";
import { asObject } from "../../bindings/read-error.js";
import {
  type ErrorReason,
  errors,
  grpcCodes,
  type Operation,
  type OperationName,
  operationNames,
  operations,
} from "../../protocol/index.js";
import { readAnswer } from "../older-call.js";
import { absent, serviceHeaders } from "./client.js";
import { extensionsHeader } from "./dispatcher.js";
import { grpcDispatcher } from "./grpc-dispatcher.js";
import { configName, taskName } from "./names.js";
import { type Row, rows } from "./operations.js";
import { enums, messages } from "./schema.js";

const schema = { messages, enums };

/** Where a method is not named as the operation of 1.0. */
const methodNames: Partial<Record<OperationName, string>> = {
  SubscribeToTask: "TaskSubscription",
  ListTaskPushNotificationConfigs: "ListTaskPushNotificationConfig",
  GetExtendedAgentCard: "GetAgentCard",
};

function methodOf(operation: OperationName) {
  const name = methodNames[operation] ?? operation;
  const { response } = operations[operation];
  return {
    name,
    operation,
    request: operation === "SendStreamingMessage" ? "SendMessageRequest" : `${name}Request`,
    response: response in messages || response === "Empty" ? response : `${name}Response`,
  };
}

type Request = Readonly<Record<string, string | undefined>>;

const task = ({ id = "", historyLength }: Request) => ({ name: taskName(id), historyLength });
const config = ({ taskId = "", id = "" }: Request) => ({ name: configName(taskId, id) });

/** Requests that are not written as in HTTP+JSON: paths name what they are about. */
const requests: Partial<Record<OperationName, (request: Request) => object>> = {
  GetTask: task,
  CancelTask: task,
  SubscribeToTask: task,
  GetTaskPushNotificationConfig: config,
  DeleteTaskPushNotificationConfig: config,
  ListTaskPushNotificationConfigs: ({ taskId = "", pageSize, pageToken }) => ({
    parent: taskName(taskId),
    pageSize,
    pageToken,
  }),
};

/** JavaScript's SDK tells errors apart by their code and the method, Python's by a name before the message. */
function reasonOf({ name, capability }: Operation, code: number, message: string): ErrorReason | undefined {
  const [, called] = /^(\w+Error): /.exec(message) ?? [];
  const named = Object.entries(errors).find(([, { name }]) => name === called);
  if (named !== undefined) return named[0] as ErrorReason;
  switch (code) {
    case grpcCodes.UNIMPLEMENTED:
      return capability === "pushNotifications" ? "PUSH_NOTIFICATION_NOT_SUPPORTED" : "UNSUPPORTED_OPERATION";
    case grpcCodes.FAILED_PRECONDITION:
      if (name === "CancelTask") return "TASK_NOT_CANCELABLE";
      return name === "GetExtendedAgentCard" ? "EXTENDED_AGENT_CARD_NOT_CONFIGURED" : undefined;
  }
}

export const grpc: OlderGrpcServer & OlderGrpcClient = {
  package: "a2a.v1",
  schema,
  methods: operationNames.filter((name) => rows[name].method !== undefined).map(methodOf),
  extensionsKey: extensionsHeader,
  // As in 1.0.0, which SDKs of 0.3 anticipated.
  codes: { PUSH_NOTIFICATION_NOT_SUPPORTED: "UNIMPLEMENTED", UNSUPPORTED_OPERATION: "UNIMPLEMENTED" },
  dispatcher: grpcDispatcher,
  headers: serviceHeaders,
  request(operation, request) {
    const { name } = operation;
    const row: Row<never> = rows[name];
    if (row.method === undefined) throw absent(operation);
    const named = requests[name];
    if (named !== undefined) return named(request as Request);
    // Without a configuration it would not wait.
    const complete = "message" in request ? { configuration: {}, ...request } : request;
    return row.writeRequest(complete as never, "proto") ?? {};
  },
  answer({ name }, message) {
    const answer = readAnswer(rows[name].readAnswer, message);
    const { nextPageToken } = asObject(message);
    return name === "ListTaskPushNotificationConfigs" ? { ...asObject(answer), nextPageToken } : answer;
  },
  reason: reasonOf,
};
