import { A2AError, type OperationName } from "@parley/a2a/protocol";
import {
  another,
  as,
  calls,
  events,
  HTTP,
  header,
  instead,
  type Json,
  made,
  message,
  on,
  refusing,
  request,
  result,
  type Saboteur,
  type Saboteurs,
  streamInstead,
  without,
} from "./tools.js";

const parts = [{ text: "echo hello" }];
const whole = { messageId: "made-up", role: "ROLE_USER", parts };

/** What is wrong with a message, put right before anything looks at it. */
const repairing = (wrong: (message: Json) => boolean) =>
  message((json) => (wrong(json) ? { ...json, ...whole } : json));
const partsOf = (json: Json) => (Array.isArray(json.parts) ? (json.parts as Json[]) : []);
const isNobody = (id: unknown) => String(id).startsWith("conformance-");

export const validationSaboteurs: Saboteurs = {
  "validation.no-message": request((json) => ({ message: whole, ...json }), "SendMessage"),
  "validation.no-parts": repairing((json) => partsOf(json).length === 0),
  "validation.empty-parts": repairing((json) => partsOf(json).length === 0),
  "validation.no-message-id": repairing((json) => !json.messageId),
  "validation.no-role": repairing((json) => json.role === undefined || json.role === "ROLE_UNSPECIFIED"),
  "validation.empty-part": repairing((json) => partsOf(json).some((part) => part.text === undefined)),
  "validation.two-contents": as(
    HTTP,
    repairing((json) => partsOf(json).some((part) => part.url !== undefined)),
  ),
  "validation.wrong-type": as(
    HTTP,
    repairing((json) => typeof json.parts === "string"),
  ),
  "validation.unknown-enum": as(
    HTTP,
    repairing((json) => json.role === "ROLE_SPECTATOR"),
  ),
  "validation.unknown-fields": as(
    HTTP,
    refusing((asked) => JSON.stringify(asked.request).includes("colour")),
  ),
  "validation.unknown-task": instead("TASK_NOT_FOUND", made, ["SendMessage"]),
  "validation.ended-task": instead("UNSUPPORTED_OPERATION", made, ["SendMessage"]),
};

const ignoring = (name: string) => request(without(name), "ListTasks");
const page = (edit: (json: Json) => unknown) => result("ListTasks", edit);
const tasksOf = (json: Json) => json.tasks as Json[];

export const listSaboteurs: Saboteurs = {
  "lists.contains": page((json) => ({ ...json, tasks: [] })),
  "lists.members": as(HTTP, page(without("nextPageToken"))),
  "lists.context": ignoring("contextId"),
  "lists.state": ignoring("status"),
  "lists.time": ignoring("statusTimestampAfter"),
  "lists.page-size": ignoring("pageSize"),
  "lists.pages": page((json) => ({ ...json, nextPageToken: "" })),
  "lists.total": page((json) => ({ ...json, totalSize: tasksOf(json).length })),
  "lists.order": page((json) => ({
    ...json,
    tasks: tasksOf(json).map((each, i) => ({
      ...each,
      status: { ...(each.status as Json), timestamp: `2020-01-01T00:00:${10 + i}.000Z` },
    })),
  })),
  "lists.no-artifacts": request((json) => ({ ...json, includeArtifacts: true }), "ListTasks"),
  "lists.artifacts": ignoring("includeArtifacts"),
  "lists.history-length": ignoring("historyLength"),
  "lists.bad-page-size": request((json) => (Number(json.pageSize) < 0 ? {} : json), "ListTasks"),
  "lists.bad-token": request((json) => (isNobody(json.pageToken) ? {} : json), "ListTasks"),
};

const terminal = /"TASK_STATE_(COMPLETED|CANCELED)"/;
const ends = (event: Json) => event.statusUpdate !== undefined && terminal.test(JSON.stringify(event));
const updated = (change: object) => (event: Json) =>
  event.statusUpdate ? [{ statusUpdate: { ...(event.statusUpdate as Json), ...change } }] : [event];
const withoutFirst = (event: Json, index: number) => (index === 0 ? [] : [event]);
const subscribing = { on: ["SubscribeToTask" as const] };

/** Every two artifact updates, the second first. */
function swapping(): (event: Json) => Json[] {
  let held: Json | undefined;
  return (event) => {
    if (event.artifactUpdate === undefined) return [event];
    const before = held;
    held = before === undefined ? event : undefined;
    return before === undefined ? [] : [event, before];
  };
}

export const streamingSaboteurs: Saboteurs = {
  "streaming.starts": events(withoutFirst),
  "streaming.one-message": on(
    "message",
    events((event) => [event, event]),
  ),
  "streaming.well-formed": events(updated({ status: undefined })),
  "streaming.updates": events(updated({ taskId: "another" })),
  "streaming.closes": events((event) => [event], { end: false }),
  "streaming.tells-the-end": events((event) => (ends(event) ? [] : [event])),
  "streaming.nothing-after": events((event) =>
    ends(event) ? [event, ...updated({ status: { state: "TASK_STATE_WORKING" } })(event)] : [event],
  ),
  "streaming.order": events(swapping()),
  "streaming.unknown-task": streamInstead("TASK_NOT_FOUND", "SendStreamingMessage"),
  "streaming.subscribe-unknown": streamInstead("TASK_NOT_FOUND", "SubscribeToTask"),
  "streaming.subscribe-ended": streamInstead("UNSUPPORTED_OPERATION", "SubscribeToTask"),
  "streaming.subscribe-begins": events(withoutFirst, subscribing),
  "streaming.subscribe-closes": events((event) => [event], { ...subscribing, end: false }),
  "streaming.broadcast": events((event) => (ends(event) ? [] : [event]), subscribing),
  "streaming.unsupported": on("bare", streamInstead("UNSUPPORTED_OPERATION", "SendStreamingMessage")),
  "streaming.subscribe-unsupported": on("bare", streamInstead("UNSUPPORTED_OPERATION", "SubscribeToTask")),
};

/** A configuration is there whatever is asked for. */
const anyConfig = (operation: OperationName) =>
  instead("TASK_NOT_FOUND", (asked) => ({ url: "https://example.com/", configs: [], ...asked.request }), [
    operation,
  ]);

/** Deletes once; the second time it says that there is nothing. */
function onceOnly(): Saboteur {
  const gone = new Set<unknown>();
  return {
    dispatch: async (asked, next) => {
      if (asked.operation !== "DeleteTaskPushNotificationConfig") return next();
      if (gone.has(asked.request.id)) throw new A2AError("TASK_NOT_FOUND");
      gone.add(asked.request.id);
      return next();
    },
  };
}

/** Says that it has deleted. */
const forgetful: Saboteur = {
  dispatch: async (asked, next) =>
    asked.operation === "DeleteTaskPushNotificationConfig" ? { json: "{}", extensions: [] } : next(),
};

export const pushSaboteurs: Saboteurs = {
  "push.create": result("CreateTaskPushNotificationConfig", without("id")),
  "push.get": result("GetTaskPushNotificationConfig", (json) => ({
    ...json,
    url: "https://example.com/another",
  })),
  "push.list": result("ListTaskPushNotificationConfigs", (json) => ({ ...json, configs: [] })),
  "push.get-unknown": anyConfig("GetTaskPushNotificationConfig"),
  "push.delete": forgetful,
  "push.delete-again": onceOnly(),
  "push.create-unknown-task": anyConfig("CreateTaskPushNotificationConfig"),
  "push.get-unknown-task": anyConfig("GetTaskPushNotificationConfig"),
  "push.list-unknown-task": anyConfig("ListTaskPushNotificationConfigs"),
  "push.delete-unknown-task": anyConfig("DeleteTaskPushNotificationConfig"),
  "push.unsupported": on("bare", another("PUSH_NOTIFICATION_NOT_SUPPORTED")),
};

/** Whoever calls is taken for somebody who may. */
const letsIn = (operation?: OperationName) =>
  on(
    "guarded",
    calls(
      (call) => ({ header: (name) => (name === "authorization" ? "Bearer secret" : call.header(name)) }),
      operation,
    ),
  );

export const accessSaboteurs: Saboteurs = {
  "access.required": letsIn(),
  "access.wrong": letsIn(),
  "access.challenge": on("guarded", header("www-authenticate", undefined)),
  "extended-card.given": result("GetExtendedAgentCard", without("name")),
  "extended-card.credentials": letsIn("GetExtendedAgentCard"),
  "extended-card.unsupported": on("bare", another("UNSUPPORTED_OPERATION", ["GetExtendedAgentCard"])),
  "extensions.required": on(
    "extension",
    calls(() => ({ extensions: "https://example.com/extensions/needed/v1" })),
  ),
  "extensions.unknown": refusing(({ call }) => call.extensions?.includes("unheard-of") === true),
};
