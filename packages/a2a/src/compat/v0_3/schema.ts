/**
 * The messages of 0.3 over gRPC (package `a2a.v1`), as far as they are not those of 1.0. A test compares them with
 * spec/a2a-0.3.proto.
 */
import {
  messages as current,
  enums as currentEnums,
  type EnumSchema,
  type Field,
  type MessageSchema,
  type TaskState,
} from "../../protocol/index.js";
import { list, map, message, one, oneof } from "../../protocol/schema/field.js";
import { writeState } from "./forms.js";

/** Keyed by JSON name; the proto has other names for a few of them. */
const own: Readonly<Record<string, MessageSchema>> = {
  TaskStatus: message("", {
    state: one(1, "TaskState", ""),
    message: one(2, "Message", "", { protoName: "update" }),
    timestamp: one(3, "timestamp", ""),
  }),
  Part: message("", {
    ...oneof("part", {
      text: one(1, "string", ""),
      file: one(2, "FilePart", ""),
      data: one(3, "DataPart", ""),
    }),
    metadata: one(4, "struct", ""),
  }),
  FilePart: message("", {
    ...oneof("file", {
      fileWithUri: one(1, "string", ""),
      fileWithBytes: one(2, "bytes", ""),
    }),
    mimeType: one(3, "string", ""),
    name: one(4, "string", ""),
  }),
  DataPart: message("", { data: one(1, "struct", "") }),
  Message: message("", {
    messageId: one(1, "string", ""),
    contextId: one(2, "string", ""),
    taskId: one(3, "string", ""),
    role: one(4, "Role", ""),
    content: list(5, "Part", ""),
    metadata: one(6, "struct", ""),
    extensions: list(7, "string", ""),
  }),
  Artifact: message("", {
    artifactId: one(1, "string", ""),
    name: one(3, "string", ""),
    description: one(4, "string", ""),
    parts: list(5, "Part", ""),
    metadata: one(6, "struct", ""),
    extensions: list(7, "string", ""),
  }),
  TaskStatusUpdateEvent: message("", {
    taskId: one(1, "string", ""),
    contextId: one(2, "string", ""),
    status: one(3, "TaskStatus", ""),
    final: one(4, "bool", ""),
    metadata: one(5, "struct", ""),
  }),
  SendMessageResponse: message(
    "",
    oneof("payload", {
      task: one(1, "Task", ""),
      message: one(2, "Message", "", { protoName: "msg" }),
    }),
  ),
  StreamResponse: message(
    "",
    oneof("payload", {
      task: one(1, "Task", ""),
      message: one(2, "Message", "", { protoName: "msg" }),
      statusUpdate: one(3, "TaskStatusUpdateEvent", ""),
      artifactUpdate: one(4, "TaskArtifactUpdateEvent", ""),
    }),
  ),
  SendMessageConfiguration: message("", {
    acceptedOutputModes: list(1, "string", ""),
    pushNotification: one(2, "PushNotificationConfig", ""),
    historyLength: one(3, "int32", ""),
    blocking: one(4, "bool", ""),
  }),
  SendMessageRequest: message("", {
    message: one(1, "Message", "", { protoName: "request" }),
    configuration: one(2, "SendMessageConfiguration", ""),
    metadata: one(3, "struct", ""),
  }),
  GetTaskRequest: message("", { name: one(1, "string", ""), historyLength: one(2, "int32", "") }),
  CancelTaskRequest: message("", { name: one(1, "string", "") }),
  TaskSubscriptionRequest: message("", { name: one(1, "string", "") }),
  PushNotificationConfig: message("", {
    id: one(1, "string", ""),
    url: one(2, "string", ""),
    token: one(3, "string", ""),
    authentication: one(4, "AuthenticationInfo", ""),
  }),
  AuthenticationInfo: message("", {
    schemes: list(1, "string", ""),
    credentials: one(2, "string", ""),
  }),
  TaskPushNotificationConfig: message("", {
    name: one(1, "string", ""),
    pushNotificationConfig: one(2, "PushNotificationConfig", ""),
  }),
  CreateTaskPushNotificationConfigRequest: message("", {
    parent: one(1, "string", ""),
    configId: one(2, "string", ""),
    config: one(3, "TaskPushNotificationConfig", ""),
  }),
  GetTaskPushNotificationConfigRequest: message("", { name: one(1, "string", "") }),
  DeleteTaskPushNotificationConfigRequest: message("", { name: one(1, "string", "") }),
  ListTaskPushNotificationConfigRequest: message("", {
    parent: one(1, "string", ""),
    pageSize: one(2, "int32", ""),
    pageToken: one(3, "string", ""),
  }),
  ListTaskPushNotificationConfigResponse: message("", {
    configs: list(1, "TaskPushNotificationConfig", ""),
    nextPageToken: one(2, "string", ""),
  }),
  GetAgentCardRequest: message("", {}),
  AgentCard: message("", {
    name: one(1, "string", ""),
    description: one(2, "string", ""),
    url: one(3, "string", ""),
    provider: one(4, "AgentProvider", ""),
    version: one(5, "string", ""),
    documentationUrl: one(6, "string", ""),
    capabilities: one(7, "AgentCapabilities", ""),
    securitySchemes: map(8, "SecurityScheme", ""),
    security: list(9, "Security", ""),
    defaultInputModes: list(10, "string", ""),
    defaultOutputModes: list(11, "string", ""),
    skills: list(12, "AgentSkill", ""),
    supportsAuthenticatedExtendedCard: one(13, "bool", ""),
    preferredTransport: one(14, "string", ""),
    additionalInterfaces: list(15, "AgentInterface", ""),
    protocolVersion: one(16, "string", ""),
    signatures: list(17, "AgentCardSignature", ""),
    iconUrl: one(18, "string", ""),
  }),
  AgentInterface: message("", { url: one(1, "string", ""), transport: one(2, "string", "") }),
  AgentCapabilities: message("", {
    streaming: one(1, "bool", ""),
    pushNotifications: one(2, "bool", ""),
    extensions: list(3, "AgentExtension", ""),
  }),
  Security: message("", { schemes: map(1, "StringList", "") }),
};

/** Of 1.0, which has not changed them. */
const unchanged = [
  ...[
    "Task",
    "TaskArtifactUpdateEvent",
    "AgentProvider",
    "AgentExtension",
    "AgentCardSignature",
    "StringList",
  ],
  ...["SecurityScheme", "APIKeySecurityScheme", "HTTPAuthSecurityScheme", "OAuth2SecurityScheme"],
  ...["OpenIdConnectSecurityScheme", "MutualTlsSecurityScheme"],
  ...["ClientCredentialsOAuthFlow", "ImplicitOAuthFlow", "PasswordOAuthFlow"],
];

/** Of 1.0, without a field that it has added. */
const lessened: readonly [string, string, Record<string, Field>?][] = [
  ["OAuthFlows", "deviceCode"],
  ["AuthorizationCodeOAuthFlow", "pkceRequired"],
  ["AgentSkill", "securityRequirements", { security: list(8, "Security", "") }],
];

const currentOf = (name: string): MessageSchema => current[name] as MessageSchema;

export const messages: Readonly<Record<string, MessageSchema>> = {
  ...own,
  ...Object.fromEntries(unchanged.map((name) => [name, currentOf(name)])),
  ...Object.fromEntries(
    lessened.map(([name, added, instead]) => {
      const { [added]: _, ...fields } = currentOf(name).fields;
      return [name, message("", { ...fields, ...instead })];
    }),
  ),
};

const { TaskState: states = { doc: "", values: {} } } = currentEnums;

export const enums: Readonly<Record<string, EnumSchema>> = {
  ...currentEnums,
  TaskState: {
    doc: "",
    values: Object.fromEntries(
      Object.entries(states.values).map(([name, value]) => [writeState(name as TaskState, "proto"), value]),
    ),
  },
};
