/** Tasks and events of 0.1 as 1.0 has them: artifacts have ids, which are their places, and messages get some. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import { readRole, readState } from "../v0_3/forms.js";
import { readConfig } from "../v0_3/push-configs.js";
import { readParts } from "./messages.js";

type Json = Readonly<Record<string, unknown>>;

export function readTask(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { id, sessionId, status, artifacts, history, metadata } = value;
  return {
    id,
    contextId: sessionId,
    status: readStatus(status, id),
    artifacts: readList(artifacts, readArtifact),
    history: readList(history, (message, i) => readMessage(message, `${id}/history/${i}`)),
    metadata,
  };
}

/** Reads the events of one stream. Its first status stands for the task, which 0.1 does not send. */
export function eventReader(contextId: string | undefined): (value: unknown) => unknown {
  let begun = false;
  return (value) => {
    if (!isObject(value)) return value;
    const first = !begun;
    begun = true;
    if ("artifacts" in value || "history" in value) return { task: readTask(value) };
    const { id: taskId, artifact, metadata } = value;
    const event = { taskId, contextId: contextId ?? taskId, metadata };
    if (artifact !== undefined && artifact !== null) {
      const { append, lastChunk } = asObject(artifact);
      return { artifactUpdate: { ...event, artifact: readArtifact(artifact, 0), append, lastChunk } };
    }
    const status = readStatus(value.status, taskId);
    if (!first) return { statusUpdate: { ...event, status } };
    return { task: { id: taskId, contextId: event.contextId, status, metadata } };
  };
}

/** @param id What the caller calls it, since it has no id of its own. */
export function readTaskConfig(value: unknown, id: string | undefined): unknown {
  const { id: taskId, pushNotificationConfig } = asObject(value);
  return { ...(readConfig(pushNotificationConfig) as object | undefined), taskId, id: id ?? taskId };
}

function readStatus(value: unknown, taskId: unknown): unknown {
  if (!isObject(value)) return value;
  const { state, message, timestamp } = value;
  return {
    state: readState(state),
    message: message && readMessage(message, `${taskId}/status/${timestamp ?? ""}`),
    timestamp: inUtc(timestamp),
  };
}

/** Its first servers leave the time zone out. */
function inUtc(timestamp: unknown): unknown {
  const zoneless = typeof timestamp === "string" && /^[\d-]+T[\d:.]+$/.test(timestamp);
  return zoneless ? `${timestamp}Z` : timestamp;
}

function readMessage(value: unknown, messageId: string): unknown {
  if (!isObject(value)) return value;
  const { role, parts, metadata } = value;
  return { messageId, role: readRole(role), parts: readParts(parts, "message.parts"), metadata };
}

function readArtifact(value: unknown, place: number): unknown {
  if (!isObject(value)) return value;
  const { name, description, parts, metadata, index } = value;
  return {
    artifactId: String(index ?? place),
    name,
    description,
    parts: readParts(parts, "artifact.parts"),
    metadata,
  };
}

function readList(value: unknown, read: (item: unknown, place: number) => unknown): unknown {
  return Array.isArray(value) ? value.map(read) : value;
}

/** Whether a result of a method that both have is in the words of 0.1: later ones say what they are. */
export const isUntagged = (value: unknown): boolean => isObject(value) && (value as Json).kind === undefined;
