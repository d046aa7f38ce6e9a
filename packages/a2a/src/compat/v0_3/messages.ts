/** Messages, tasks, artifacts and the events of streams, in both directions. */
import { isObject } from "../../bindings/request.js";
import {
  type Artifact,
  invalidField,
  type Message,
  type StreamResponse,
  type Task,
  type TaskStatus,
} from "../../protocol/index.js";
import { isFinal } from "../translated-stream.js";
import { type Form, readRole, readState, writeRole, writeState } from "./forms.js";
import { readPart, writePart } from "./parts.js";

export function writeMessage(message: Message, form: Form): object {
  const { messageId, contextId, taskId, metadata, extensions, referenceTaskIds } = message;
  const role = writeRole(message.role, form);
  const parts = message.parts.map((part) => writePart(part, form));
  return form === "kind"
    ? { kind: "message", messageId, contextId, taskId, role, parts, metadata, extensions, referenceTaskIds }
    : { messageId, contextId, taskId, role, content: parts, metadata, extensions };
}

export function writeTask(task: Task, form: Form): object {
  const { id, contextId, metadata } = task;
  return {
    kind: form === "kind" ? "task" : undefined,
    id,
    contextId,
    status: writeStatus(task.status, form),
    history: task.history?.map((message) => writeMessage(message, form)),
    artifacts: task.artifacts?.map((artifact) => writeArtifact(artifact, form)),
    metadata,
  };
}

function writeStatus({ state, message, timestamp }: TaskStatus, form: Form): object {
  return { state: writeState(state, form), message: message && writeMessage(message, form), timestamp };
}

function writeArtifact(artifact: Artifact, form: Form): object {
  return { ...artifact, parts: artifact.parts.map((part) => writePart(part, form)) };
}

/**
 * A direct answer or an event: JSON-RPC tells them apart by `kind`.
 * @param wrapped In a member that says what it is, as 1.0 has it and HTTP+JSON had it before.
 */
export function writeResponse(response: StreamResponse, form: Form, wrapped = form === "proto"): object {
  const tagged = (name: string, value: object): object => (wrapped ? { [name]: value } : value);
  if (response.task) return tagged("task", writeTask(response.task, form));
  if (response.message) return tagged("message", writeMessage(response.message, form));
  if (response.statusUpdate) {
    const { statusUpdate } = response;
    const status = writeStatus(statusUpdate.status, form);
    const event = { ...statusUpdate, status, final: isFinal(statusUpdate) };
    return tagged("statusUpdate", form === "kind" ? { kind: "status-update", ...event } : event);
  }
  const { artifactUpdate } = response;
  const event = { ...artifactUpdate, artifact: writeArtifact(artifactUpdate.artifact, form) };
  return tagged("artifactUpdate", form === "kind" ? { kind: "artifact-update", ...event } : event);
}

/**
 * A message of either form, as 1.0 has it; what is no message is left for the check to refuse.
 * @param path Where it stands, for violations.
 * @throws A2AError INVALID_PARAMS for a part that is none
 */
export function readMessage(value: unknown, path: string): unknown {
  if (!isObject(value)) return value;
  // Assigned: a literal with members after a spread makes V8 a shape for each object, and all that reads it slow.
  const { kind: _, role, content, parts = content, ...message } = value;
  message.role = readRole(role);
  message.parts = readParts(parts, `${path}.parts`, parts !== content);
  return message;
}

function readParts(value: unknown, path: string, needKind = false): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((part, i) => {
    if (needKind && isObject(part) && part.kind === undefined)
      throw invalidField(`${path}[${i}].kind`, "required");
    return readPart(part, `${path}[${i}]`);
  });
}

export function readTask(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { kind: _, status, history, artifacts, ...task } = value;
  task.status = readStatus(status);
  task.history = readList(history, (message) => readMessage(message, "history"));
  task.artifacts = readList(artifacts, readArtifact);
  return task;
}

function readStatus(value: unknown): unknown {
  if (!isObject(value)) return value;
  // `update` is its name in the proto, `message` its name in JSON.
  const { state, update, message = update, timestamp } = value;
  return { state: readState(state), message: message && readMessage(message, "status.message"), timestamp };
}

function readArtifact(value: unknown): unknown {
  return isObject(value) ? { ...value, parts: readParts(value.parts, "artifact.parts") } : value;
}

/** A direct answer or an event, of either form. */
export function readResponse(value: unknown): unknown {
  if (!isObject(value)) return value;
  switch (value.kind) {
    case "task":
      return { task: readTask(value) };
    case "message":
      return { message: readMessage(value, "message") };
    case "status-update":
      return { statusUpdate: readEvent(value) };
    case "artifact-update":
      return { artifactUpdate: readEvent(value) };
  }
  const { task, msg, message = msg, statusUpdate, artifactUpdate } = value;
  if (task) return { task: readTask(task) };
  if (message) return { message: readMessage(message, "message") };
  if (statusUpdate) return { statusUpdate: readEvent(statusUpdate) };
  return { artifactUpdate: readEvent(artifactUpdate) };
}

function readEvent(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { kind: _, final: __, ...event } = value;
  if ("status" in event) event.status = readStatus(event.status);
  else event.artifact = readArtifact(event.artifact);
  return event;
}

function readList(value: unknown, read: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(read) : value;
}
