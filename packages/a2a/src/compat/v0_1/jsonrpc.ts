/** The methods of 0.1, in which clients choose the ids of tasks (0.1 spec). */
import type { JsonrpcMethods } from "../../bindings/jsonrpc/server.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import {
  invalidField,
  type OperationName,
  operations,
  type SendMessageResponse,
  type StreamResponse,
  type Task,
  type TaskPushNotificationConfig,
} from "../../protocol/index.js";
import { currentCall } from "../current-call.js";
import { translatedStream } from "../translated-stream.js";
import { readConfig, writeConfig } from "../v0_3/push-configs.js";
import { eventWriter, readMessage, writeResponse, writeTask } from "./messages.js";

type Params = Readonly<Record<string, unknown>>;

interface Row {
  readonly operation: OperationName;
  readonly request: (params: Params) => object;
  readonly answer: (message: never, name: string) => object;
}

/** A task has one webhook. */
const webhook = "webhook";

const task = (message: Task, name: string) => writeTask(message, name);
const ids = ({ id, metadata }: Params) => ({ id, metadata });
const config = (message: TaskPushNotificationConfig, name: string) => {
  const { id: _, ...pushNotificationConfig }: { id?: string } = writeConfig(message);
  return { id: name, pushNotificationConfig };
};

/** How a message is sent, on either binding. */
export const readSend = (params: Params, returnImmediately = false): object => {
  const { message, sessionId, pushNotification, historyLength, acceptedOutputModes, metadata } = params;
  const push = pushNotification && { ...(readConfig(pushNotification) as object), id: webhook };
  return {
    message: readMessage(message, sessionId),
    configuration: {
      acceptedOutputModes,
      taskPushNotificationConfig: push,
      // History is for who asks for it.
      historyLength: historyLength ?? 0,
      ...(returnImmediately && { returnImmediately }),
    },
    metadata,
  };
};

const rows: Readonly<Record<string, Row>> = {
  "tasks/send": {
    operation: "SendMessage",
    request: (params) => readSend(params),
    answer: (message: SendMessageResponse, name) => writeResponse(message, name),
  },
  "tasks/sendSubscribe": {
    operation: "SendStreamingMessage",
    request: (params) => readSend(params),
    answer: task,
  },
  "tasks/get": {
    operation: "GetTask",
    request: ({ id, historyLength }) => ({ id, historyLength: historyLength ?? 0 }),
    answer: task,
  },
  "tasks/cancel": { operation: "CancelTask", request: ids, answer: task },
  "tasks/resubscribe": { operation: "SubscribeToTask", request: ids, answer: task },
  "tasks/pushNotification/set": {
    operation: "CreateTaskPushNotificationConfig",
    request: ({ id, pushNotificationConfig }) => ({
      ...(readConfig(pushNotificationConfig) as object | undefined),
      taskId: id,
      id: webhook,
    }),
    answer: config,
  },
  "tasks/pushNotification/get": {
    operation: "GetTaskPushNotificationConfig",
    request: ({ id }) => ({ taskId: id, id: webhook }),
    answer: config,
  },
};

export function jsonrpcMethods(dispatcher: Dispatcher): JsonrpcMethods {
  return (method, { id }) => {
    const row = Object.hasOwn(rows, method) ? rows[method] : undefined;
    return row && { operation: operations[row.operation], dispatcher: naming(dispatcher, row, id) };
  };
}

/** The dispatcher of one call, with the name that the caller has for the task. */
function naming(dispatcher: Dispatcher, { request, answer }: Row, id: unknown): Dispatcher {
  const named = () => {
    if (typeof id !== "string" || id === "") throw invalidField("id", "required");
    return { older: "0.1", taskName: id };
  };
  return {
    async unary(operation, value, call) {
      const { taskName, ...older } = named();
      const current = currentCall(call, { ...older, taskName });
      const { json, extensions } = await dispatcher.unary(operation, request(value as Params), current);
      return { json: JSON.stringify(answer(JSON.parse(json) as never, taskName)), extensions };
    },
    async stream(operation, value, call) {
      const { taskName, ...older } = named();
      const current = currentCall(call, { ...older, taskName });
      const write: (event: StreamResponse) => object[] = eventWriter(taskName);
      return translatedStream(await dispatcher.stream(operation, request(value as Params), current), write);
    },
  };
}
