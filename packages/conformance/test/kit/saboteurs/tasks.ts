import {
  another,
  body,
  type Json,
  message,
  request,
  result,
  type Saboteurs,
  task,
  without,
} from "./tools.js";

/** What a request says of itself, left out. */
const ignoring = (name: string) => request(without(name), "GetTask");

const saying = (change: object) =>
  task((json) => {
    const status = json.status as Json;
    return status.message
      ? { ...json, status: { ...status, message: { ...(status.message as Json), ...change } } }
      : json;
  });

export const taskSaboteurs: Saboteurs = {
  "tasks.answer": result("SendMessage", () => ({})),
  "tasks.well-formed": task((json) => ({ ...json, artifacts: [{ parts: [{ text: "without an id" }] }] })),
  "tasks.names": body((text) => text.replaceAll('"contextId"', '"context_id"')),
  "tasks.enums": body((text) => text.replaceAll('"ROLE_AGENT"', "2")),
  "tasks.utc": body((text) => text.replace(/(\.\d{3})Z"/g, '$1+00:00"')),
  "tasks.milliseconds": body((text) => text.replace(/\.\d{3}Z"/g, 'Z"')),
  "tasks.agent-role": saying({ role: "ROLE_USER" }),
  "tasks.message-context": saying({ contextId: undefined }),
  "tasks.unique-ids": task((json) => ({ ...json, id: "the-only-one" })),
  "tasks.context": task(without("contextId")),
  "tasks.client-context": task((json) => ({ ...json, contextId: "another" })),
  "tasks.waits": request((json) => ({ ...json, configuration: { returnImmediately: true } }), "SendMessage"),
  "tasks.returns-immediately": request(without("configuration"), "SendMessage"),
  "tasks.get": task((json) => ({ ...json, contextId: "another" }), ["GetTask"]),
  "tasks.latest": task(without("artifacts"), ["SendMessage"]),
  "tasks.artifact-ids": task(
    (json) => ({ ...json, artifacts: [json.artifacts, json.artifacts].flat() }),
    ["GetTask"],
  ),
  "tasks.no-history": ignoring("historyLength"),
  "tasks.history-length": ignoring("historyLength"),
  "tasks.send-history-length": request(without("configuration"), "SendMessage"),
  "tasks.get-unknown": another("TASK_NOT_FOUND", ["GetTask"]),
  "tasks.cancel-unknown": another("TASK_NOT_FOUND", ["CancelTask"]),
  "tasks.cancel-ended": another("TASK_NOT_CANCELABLE"),
  "tasks.cancel": task((json) => ({ ...json, id: "another" }), ["CancelTask"]),
  "tasks.continues": message(without("taskId")),
  "tasks.other-context": message((json) => (json.taskId ? { ...json, contextId: undefined } : json)),
};
