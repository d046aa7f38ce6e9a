/**
 * The eleven operations of A2A 1.0, one row each (spec 3.1, 5.3; proto service A2AService).
 * Bindings, dispatch and the client interpret these rows; adding an operation is adding a row,
 * its messages in the schema and its verb in the engine.
 */
import type {
  AgentCard,
  CancelTaskRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetExtendedAgentCardRequest,
  GetTaskPushNotificationConfigRequest,
  GetTaskRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  MessageName,
  SendMessageRequest,
  SendMessageResponse,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
  TaskPushNotificationConfig,
} from "./types.gen.js";

/** Request and response of each operation, by name. Streams yield the response type. */
export interface OperationTypes {
  SendMessage: { request: SendMessageRequest; response: SendMessageResponse };
  SendStreamingMessage: { request: SendMessageRequest; response: StreamResponse };
  GetTask: { request: GetTaskRequest; response: Task };
  ListTasks: { request: ListTasksRequest; response: ListTasksResponse };
  CancelTask: { request: CancelTaskRequest; response: Task };
  SubscribeToTask: { request: SubscribeToTaskRequest; response: StreamResponse };
  CreateTaskPushNotificationConfig: {
    request: TaskPushNotificationConfig;
    response: TaskPushNotificationConfig;
  };
  GetTaskPushNotificationConfig: {
    request: GetTaskPushNotificationConfigRequest;
    response: TaskPushNotificationConfig;
  };
  ListTaskPushNotificationConfigs: {
    request: ListTaskPushNotificationConfigsRequest;
    response: ListTaskPushNotificationConfigsResponse;
  };
  DeleteTaskPushNotificationConfig: {
    request: DeleteTaskPushNotificationConfigRequest;
    response: Record<string, never>;
  };
  GetExtendedAgentCard: { request: GetExtendedAgentCardRequest; response: AgentCard };
}

/** JSON-RPC method and gRPC method name of an operation. */
export type OperationName = keyof OperationTypes;

export type HttpVerb = "GET" | "POST" | "DELETE";

/** One HTTP route; `{name}` segments are request fields. Every route also exists below `/{tenant}`. */
export interface HttpRoute {
  readonly verb: HttpVerb;
  readonly path: string;
}

export interface Operation {
  readonly name: OperationName;
  readonly request: MessageName;
  /** The response (each event of it, for a stream); "Empty" where there is none. */
  readonly response: MessageName | "Empty";
  readonly streaming: boolean;
  /** The card capability it needs (spec 3.3.4). */
  readonly capability?: "streaming" | "pushNotifications" | "extendedAgentCard";
  /** Changes nothing on the server, so a client may repeat it. */
  readonly safe: boolean;
  /** First the route clients use, then the others servers accept. */
  readonly routes: readonly [HttpRoute, ...HttpRoute[]];
}

const pushConfigs = "/tasks/{taskId}/pushNotificationConfigs";

/** The table. */
export const operations = {
  SendMessage: {
    name: "SendMessage",
    request: "SendMessageRequest",
    response: "SendMessageResponse",
    streaming: false,
    safe: false,
    routes: [{ verb: "POST", path: "/message:send" }],
  },
  SendStreamingMessage: {
    name: "SendStreamingMessage",
    request: "SendMessageRequest",
    response: "StreamResponse",
    streaming: true,
    capability: "streaming",
    safe: false,
    routes: [{ verb: "POST", path: "/message:stream" }],
  },
  GetTask: {
    name: "GetTask",
    request: "GetTaskRequest",
    response: "Task",
    streaming: false,
    safe: true,
    routes: [{ verb: "GET", path: "/tasks/{id}" }],
  },
  ListTasks: {
    name: "ListTasks",
    request: "ListTasksRequest",
    response: "ListTasksResponse",
    streaming: false,
    safe: true,
    routes: [{ verb: "GET", path: "/tasks" }],
  },
  CancelTask: {
    name: "CancelTask",
    request: "CancelTaskRequest",
    response: "Task",
    streaming: false,
    safe: false,
    routes: [{ verb: "POST", path: "/tasks/{id}:cancel" }],
  },
  SubscribeToTask: {
    name: "SubscribeToTask",
    request: "SubscribeToTaskRequest",
    response: "StreamResponse",
    streaming: true,
    capability: "streaming",
    safe: true,
    routes: [
      { verb: "POST", path: "/tasks/{id}:subscribe" },
      { verb: "GET", path: "/tasks/{id}:subscribe" },
    ],
  },
  CreateTaskPushNotificationConfig: {
    name: "CreateTaskPushNotificationConfig",
    request: "TaskPushNotificationConfig",
    response: "TaskPushNotificationConfig",
    streaming: false,
    capability: "pushNotifications",
    safe: false,
    routes: [{ verb: "POST", path: pushConfigs }],
  },
  GetTaskPushNotificationConfig: {
    name: "GetTaskPushNotificationConfig",
    request: "GetTaskPushNotificationConfigRequest",
    response: "TaskPushNotificationConfig",
    streaming: false,
    capability: "pushNotifications",
    safe: true,
    routes: [{ verb: "GET", path: `${pushConfigs}/{id}` }],
  },
  ListTaskPushNotificationConfigs: {
    name: "ListTaskPushNotificationConfigs",
    request: "ListTaskPushNotificationConfigsRequest",
    response: "ListTaskPushNotificationConfigsResponse",
    streaming: false,
    capability: "pushNotifications",
    safe: true,
    routes: [{ verb: "GET", path: pushConfigs }],
  },
  DeleteTaskPushNotificationConfig: {
    name: "DeleteTaskPushNotificationConfig",
    request: "DeleteTaskPushNotificationConfigRequest",
    response: "Empty",
    streaming: false,
    capability: "pushNotifications",
    safe: false,
    routes: [{ verb: "DELETE", path: `${pushConfigs}/{id}` }],
  },
  GetExtendedAgentCard: {
    name: "GetExtendedAgentCard",
    request: "GetExtendedAgentCardRequest",
    response: "AgentCard",
    streaming: false,
    capability: "extendedAgentCard",
    safe: true,
    routes: [{ verb: "GET", path: "/extendedAgentCard" }],
  },
} as const satisfies { [N in OperationName]: Operation & { name: N } };

export const operationNames = Object.keys(operations) as OperationName[];
