/** Requests and the answers that only they have (spec 3.1), and push notification configurations (spec 4.3). */
import { type Field, list, message, one, optional, required } from "./field.js";

function tenant(number: number): Field {
  return one(
    number,
    "string",
    "Opaque routing identifier. Must equal the `tenant` of the chosen `AgentInterface` when that is set.",
  );
}

export const requestMessages = {
  SendMessageRequest: message("The request of `SendMessage` and `SendStreamingMessage`.", {
    tenant: tenant(1),
    message: one(2, "Message", "The message to send to the agent.", required),
    configuration: one(3, "SendMessageConfiguration", "How to handle it."),
    metadata: one(4, "struct", "Additional context or parameters."),
  }),

  GetTaskRequest: message("The request of `GetTask`.", {
    tenant: tenant(1),
    id: one(2, "string", "The id of the task.", required),
    historyLength: one(
      3,
      "int32",
      "How many of the most recent messages of the history to return: unset is no limit, 0 is none. The server may return fewer.",
      { optional: true, min: 0 },
    ),
  }),

  ListTasksRequest: message("The request of `ListTasks`: filters and a page.", {
    tenant: tenant(1),
    contextId: one(2, "string", "Only tasks of this context."),
    status: one(3, "TaskState", "Only tasks in this state."),
    pageSize: one(
      4,
      "int32",
      "The greatest number of tasks to return, from 1 to 100; 50 when unset. The server may return fewer.",
      { optional: true, min: 1, max: 100 },
    ),
    pageToken: one(5, "string", "The `nextPageToken` of an earlier answer, to get the page that follows it."),
    historyLength: one(6, "int32", "How many messages of its history each task may carry.", {
      optional: true,
      min: 0,
    }),
    statusTimestampAfter: one(
      7,
      "timestamp",
      "Only tasks whose status was recorded at this time or later, for example `2023-10-27T10:00:00Z`.",
    ),
    includeArtifacts: one(8, "bool", "Whether the tasks carry their artifacts; false when unset.", optional),
  }),

  ListTasksResponse: message("The answer to `ListTasks`.", {
    tasks: list(1, "Task", "The tasks that match.", { required: true, emptyAllowed: true }),
    nextPageToken: one(2, "string", "Where the next page begins; empty on the last page.", {
      required: true,
      emptyAllowed: true,
    }),
    pageSize: one(3, "int32", "The page size used for this answer.", required),
    totalSize: one(4, "int32", "How many tasks there are on all pages together.", required),
  }),

  CancelTaskRequest: message("The request of `CancelTask`.", {
    tenant: tenant(1),
    id: one(2, "string", "The id of the task to cancel.", required),
    metadata: one(3, "struct", "Additional context or parameters."),
  }),

  SubscribeToTaskRequest: message("The request of `SubscribeToTask`.", {
    tenant: tenant(1),
    id: one(2, "string", "The id of the task to follow.", required),
  }),

  TaskPushNotificationConfig: message("Where and how updates of one task are pushed.", {
    tenant: tenant(1),
    id: one(2, "string", "Identifier of this configuration."),
    taskId: one(3, "string", "The task it belongs to."),
    url: one(4, "string", "The URL that receives the notifications.", required),
    token: one(5, "string", "A token unique for this task or session."),
    authentication: one(6, "AuthenticationInfo", "How the sender authenticates to the URL."),
  }),

  AuthenticationInfo: message("Authentication of push notifications.", {
    scheme: one(
      1,
      "string",
      "HTTP authentication scheme from the IANA registry, in any case: `Bearer`, `Basic`, `Digest`.",
      required,
    ),
    credentials: one(
      2,
      "string",
      "Credentials in the format of the scheme, for example a token for `Bearer`.",
    ),
  }),

  GetTaskPushNotificationConfigRequest: message("The request of `GetTaskPushNotificationConfig`.", {
    tenant: tenant(1),
    taskId: one(2, "string", "The id of the task.", required),
    id: one(3, "string", "The id of the configuration.", required),
  }),

  DeleteTaskPushNotificationConfigRequest: message("The request of `DeleteTaskPushNotificationConfig`.", {
    tenant: tenant(1),
    taskId: one(2, "string", "The id of the task.", required),
    id: one(3, "string", "The id of the configuration.", required),
  }),

  ListTaskPushNotificationConfigsRequest: message("The request of `ListTaskPushNotificationConfigs`.", {
    taskId: one(1, "string", "The id of the task.", required),
    pageSize: one(2, "int32", "The greatest number of configurations to return.", { min: 0 }),
    pageToken: one(3, "string", "The `nextPageToken` of an earlier answer."),
    tenant: tenant(4),
  }),

  ListTaskPushNotificationConfigsResponse: message("The answer to `ListTaskPushNotificationConfigs`.", {
    configs: list(1, "TaskPushNotificationConfig", "The configurations of the task."),
    nextPageToken: one(2, "string", "Where the next page begins; empty on the last page."),
  }),

  GetExtendedAgentCardRequest: message("The request of `GetExtendedAgentCard`.", {
    tenant: tenant(1),
  }),
};
