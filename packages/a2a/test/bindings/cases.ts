import type { OperationName } from "../../src/protocol/index.js";

/** One call: its message, the route that carries it (verb, path and query, body), and an answer. */
interface Case {
  readonly operation: OperationName;
  readonly request: object;
  readonly route: readonly [verb: string, path: string, body?: object];
  readonly answer: object;
}

const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: 'Hi ü\n"☂"' }] };
const task = { id: "t", contextId: "c", status: { state: "TASK_STATE_WORKING" } };
const config = { url: "https://hook.test/a", id: "n1", taskId: "t" };
const configs = "/tasks/t/pushNotificationConfigs";

/** The wire of every operation. */
export const cases: readonly Case[] = [
  {
    operation: "SendMessage",
    request: { message },
    route: ["POST", "/message:send", { message }],
    answer: { task },
  },
  {
    operation: "SendMessage",
    request: { message, configuration: { historyLength: 0, returnImmediately: true } },
    route: [
      "POST",
      "/message:send",
      { message, configuration: { historyLength: 0, returnImmediately: true } },
    ],
    answer: { message },
  },
  {
    operation: "SendStreamingMessage",
    request: { message },
    route: ["POST", "/message:stream", { message }],
    answer: { task },
  },
  {
    operation: "GetTask",
    request: { id: "t", historyLength: 10 },
    route: ["GET", "/tasks/t?historyLength=10"],
    answer: task,
  },
  {
    operation: "GetTask",
    request: { id: "a/b c:ü" },
    route: ["GET", "/tasks/a%2Fb%20c%3A%C3%BC"],
    answer: task,
  },
  {
    operation: "ListTasks",
    request: {
      contextId: "c d",
      status: "TASK_STATE_WORKING",
      pageSize: 50,
      pageToken: "p+/=",
      includeArtifacts: true,
      statusTimestampAfter: "2026-01-02T03:04:05.000Z",
    },
    route: [
      "GET",
      "/tasks?contextId=c+d&status=TASK_STATE_WORKING&pageSize=50&pageToken=p%2B%2F%3D&includeArtifacts=true" +
        "&statusTimestampAfter=2026-01-02T03%3A04%3A05Z",
    ],
    answer: { tasks: [task], nextPageToken: "", pageSize: 50, totalSize: 1 },
  },
  { operation: "CancelTask", request: { id: "t" }, route: ["POST", "/tasks/t:cancel"], answer: task },
  {
    operation: "CancelTask",
    request: { id: "t", metadata: { why: "late" } },
    route: ["POST", "/tasks/t:cancel", { metadata: { why: "late" } }],
    answer: task,
  },
  {
    operation: "SubscribeToTask",
    request: { id: "t" },
    route: ["POST", "/tasks/t:subscribe"],
    answer: { task },
  },
  {
    operation: "SubscribeToTask",
    request: { id: "t" },
    route: ["GET", "/tasks/t:subscribe"],
    answer: { task },
  },
  {
    operation: "CreateTaskPushNotificationConfig",
    request: config,
    route: ["POST", configs, config],
    answer: config,
  },
  {
    operation: "GetTaskPushNotificationConfig",
    request: { taskId: "t", id: "n1" },
    route: ["GET", `${configs}/n1`],
    answer: config,
  },
  {
    operation: "ListTaskPushNotificationConfigs",
    request: { taskId: "t", pageSize: 2 },
    route: ["GET", `${configs}?pageSize=2`],
    answer: { configs: [config], nextPageToken: "" },
  },
  {
    operation: "DeleteTaskPushNotificationConfig",
    request: { taskId: "t", id: "n1" },
    route: ["DELETE", `${configs}/n1`],
    answer: {},
  },
  {
    operation: "GetExtendedAgentCard",
    request: {},
    route: ["GET", "/extendedAgentCard"],
    answer: { name: "A" },
  },
];
