/** The operations as 0.3 has them, one row each: how requests and answers read and are written, in both directions. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import {
  invalidField,
  type OperationName,
  type OperationTypes,
  type SendMessageConfiguration,
} from "../../protocol/index.js";
import { readCard, writeCard } from "./card.js";
import type { Form } from "./forms.js";
import { readMessage, readResponse, readTask, writeMessage, writeResponse, writeTask } from "./messages.js";
import { taskName } from "./names.js";
import { readConfig, readTaskConfig, writeConfig, writeTaskConfig } from "./push-configs.js";

export interface Row<N extends OperationName = OperationName> {
  /** The JSON-RPC method; HTTP+JSON alone has a list of tasks. */
  readonly method?: string;
  /** @throws A2AError INVALID_PARAMS for what the checks of 1.0 could not name */
  readRequest(params: Readonly<Record<string, unknown>>): unknown;
  writeRequest(request: OperationTypes[N]["request"], form: Form): object | undefined;
  readAnswer(value: unknown): unknown;
  writeAnswer(answer: OperationTypes[N]["response"], form: Form): unknown;
}

const send = {
  readRequest: ({ request, message = request, configuration, metadata }) => ({
    message: readMessage(message, "message"),
    configuration: isEmptied(configuration, message)
      ? { returnImmediately: true }
      : readConfiguration(configuration),
    metadata,
  }),
  writeRequest: ({ message, configuration, metadata }, form) => ({
    message: writeMessage(message, form),
    configuration: configuration && writeConfiguration(configuration, form),
    metadata,
  }),
  readAnswer: readResponse,
  writeAnswer: writeResponse,
} satisfies Row<"SendMessage">;

/** They have an id, and perhaps what is not said in 0.3. */
const task = {
  readRequest: ({ id, historyLength, metadata }) => ({ id, historyLength, metadata }),
  writeRequest: ({ id, ...others }) => ({ id, ...only(others, "historyLength", "metadata") }),
} satisfies Pick<Row<"GetTask">, "readRequest" | "writeRequest">;

/** One configuration of a task. */
const config = {
  readRequest: ({ id, pushNotificationConfigId }) => ({ taskId: id, id: pushNotificationConfigId }),
  writeRequest: ({ taskId, id }) => ({ id: taskId, pushNotificationConfigId: id }),
} satisfies Pick<Row<"GetTaskPushNotificationConfig">, "readRequest" | "writeRequest">;

export const rows: { readonly [N in OperationName]: Row<N> } = {
  SendMessage: { ...send, method: "message/send" },
  SendStreamingMessage: { ...send, method: "message/stream" },
  GetTask: { ...task, method: "tasks/get", readAnswer: readTask, writeAnswer: writeTask },
  CancelTask: { ...task, method: "tasks/cancel", readAnswer: readTask, writeAnswer: writeTask },
  SubscribeToTask: {
    ...task,
    method: "tasks/resubscribe",
    readAnswer: readResponse,
    writeAnswer: writeResponse,
  },
  ListTasks: {
    readRequest: (params) => params,
    writeRequest: (request) => request,
    readAnswer: (tasks) => ({ tasks: Array.isArray(tasks) ? tasks.map(readTask) : tasks }),
    writeAnswer: ({ tasks }, form) => tasks.map((each) => writeTask(each, form)),
  },
  CreateTaskPushNotificationConfig: {
    method: "tasks/pushNotificationConfig/set",
    readRequest: readSet,
    writeRequest: (request, form) => {
      const written = writeTaskConfig(request, form);
      if (form === "kind") return written;
      return { parent: taskName(request.taskId ?? ""), configId: request.id, config: written };
    },
    readAnswer: readTaskConfig,
    writeAnswer: writeTaskConfig,
  },
  GetTaskPushNotificationConfig: {
    ...config,
    method: "tasks/pushNotificationConfig/get",
    readAnswer: readTaskConfig,
    writeAnswer: writeTaskConfig,
  },
  ListTaskPushNotificationConfigs: {
    method: "tasks/pushNotificationConfig/list",
    readRequest: ({ id }) => ({ taskId: id, pageSize: 100 }),
    writeRequest: ({ taskId }) => ({ id: taskId }),
    readAnswer: (value) => {
      const configs = Array.isArray(value) ? value : asObject(value).configs;
      return { configs: Array.isArray(configs) ? configs.map(readTaskConfig) : configs };
    },
    writeAnswer: ({ configs = [], nextPageToken }, form) => {
      const written = configs.map((each) => writeTaskConfig(each, form));
      return form === "kind" ? written : { configs: written, nextPageToken };
    },
  },
  DeleteTaskPushNotificationConfig: {
    ...config,
    method: "tasks/pushNotificationConfig/delete",
    readAnswer: () => ({}),
    writeAnswer: () => null,
  },
  GetExtendedAgentCard: {
    method: "agent/getAuthenticatedExtendedCard",
    readRequest: () => ({}),
    writeRequest: () => undefined,
    readAnswer: (card) => readCard(card) ?? card,
    writeAnswer: writeCard,
  },
};

/** The operation of a JSON-RPC method. */
export const byMethod: ReadonlyMap<string, OperationName> = new Map(
  (Object.keys(rows) as OperationName[]).flatMap((name) => {
    const { method } = rows[name];
    return method === undefined ? [] : [[method, name]];
  }),
);

/** One without an id of its own has that of its task, so that the next one replaces it. */
function readSet(params: Readonly<Record<string, unknown>>): unknown {
  const request = asObject(readTaskConfig(params));
  return { ...request, id: request.id ?? request.taskId };
}

/** Nobody sends an empty configuration but who left out its `blocking: false`, which ProtoJSON does not write. */
function isEmptied(configuration: unknown, message: unknown): boolean {
  return isObject(configuration) && Object.keys(configuration).length === 0 && "content" in asObject(message);
}

function readConfiguration(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { blocking, push_notification, pushNotification = push_notification, ...same } = value;
  if (blocking !== undefined && blocking !== null && typeof blocking !== "boolean")
    throw invalidField("configuration.blocking", "expected true or false");
  const { pushNotificationConfig = pushNotification, ...configuration } = same;
  configuration.taskPushNotificationConfig = readConfig(pushNotificationConfig);
  configuration.returnImmediately = blocking === false || undefined;
  return configuration;
}

function writeConfiguration(configuration: SendMessageConfiguration, form: Form): object {
  const { acceptedOutputModes, historyLength, taskPushNotificationConfig, returnImmediately } = configuration;
  const push = taskPushNotificationConfig && writeConfig(taskPushNotificationConfig);
  return {
    acceptedOutputModes,
    historyLength,
    blocking: !returnImmediately,
    [form === "kind" ? "pushNotificationConfig" : "pushNotification"]: push,
  };
}

function only(from: object, ...names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}
