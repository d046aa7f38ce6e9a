/** The operations as methods of 0.1, for its client. */
import {
  A2AError,
  type GetTaskPushNotificationConfigRequest,
  type GetTaskRequest,
  type OperationName,
  type OperationTypes,
  type SendMessageRequest,
  type TaskPushNotificationConfig,
} from "../../protocol/index.js";
import type { InJsonrpc, JsonrpcWords } from "../older-call.js";
import { writeConfig } from "../v0_3/push-configs.js";
import { eventReader, readTask, readTaskConfig } from "./answers.js";
import { writeMessage } from "./messages.js";

/** Who asks for no length gets no history. */
const wholeHistory = 2 ** 31 - 1;

type Words<N extends OperationName> = (request: OperationTypes[N]["request"]) => JsonrpcWords;

const ids = ({ id, metadata }: { id: string; metadata?: object }) => ({ id, metadata });

const words: { readonly [N in OperationName]?: Words<N> } = {
  SendMessage: (request) => ({
    method: "tasks/send",
    params: sendParams(request),
    read: (task) => ({ task: readTask(task) }),
  }),
  SendStreamingMessage: (request) => {
    const params = sendParams(request);
    return { method: "tasks/sendSubscribe", params, read: eventReader(params.sessionId) };
  },
  GetTask: ({ id, historyLength = wholeHistory }: GetTaskRequest) => ({
    method: "tasks/get",
    params: { id, historyLength },
    read: readTask,
  }),
  CancelTask: (request) => ({ method: "tasks/cancel", params: ids(request), read: readTask }),
  SubscribeToTask: (request) => ({
    method: "tasks/resubscribe",
    params: ids(request),
    read: eventReader(undefined),
  }),
  CreateTaskPushNotificationConfig: (request: TaskPushNotificationConfig) => ({
    method: "tasks/pushNotification/set",
    params: { id: request.taskId, pushNotificationConfig: webhook(request) },
    read: (config) => readTaskConfig(config, request.id),
  }),
  GetTaskPushNotificationConfig: ({ taskId, id }: GetTaskPushNotificationConfigRequest) => ({
    method: "tasks/pushNotification/get",
    params: { id: taskId },
    read: (config) => readTaskConfig(config, id),
  }),
};

/** @throws A2AError UNSUPPORTED_OPERATION for what 0.1 cannot say */
export const inJsonrpc: InJsonrpc = ({ name }, request) => {
  const speak = words[name] as ((request: object) => JsonrpcWords) | undefined;
  if (speak !== undefined) return speak(request);
  throw new A2AError("UNSUPPORTED_OPERATION", `${name} is not in A2A 0.1, which is what this agent speaks`);
};

/** Clients choose ids: the message's own says which task it begins, so that sending it again does not begin another. */
export function sendParams({ message, configuration = {}, metadata }: SendMessageRequest) {
  const { messageId, taskId = messageId, contextId = messageId } = message;
  const { acceptedOutputModes, historyLength = wholeHistory, taskPushNotificationConfig } = configuration;
  return {
    id: taskId,
    sessionId: contextId,
    message: writeMessage(message),
    acceptedOutputModes,
    historyLength,
    pushNotification: taskPushNotificationConfig && webhook(taskPushNotificationConfig),
    metadata,
  };
}

/** A task has one, without an id. */
function webhook(config: TaskPushNotificationConfig): object {
  return { ...writeConfig(config), id: undefined };
}
