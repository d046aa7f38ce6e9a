/** Tasks, messages, artifacts and events of 0.1, whose artifacts have a place instead of an id. */
import { isObject } from "../../bindings/request.js";
import {
  type Artifact,
  invalidField,
  isTerminal,
  type Message,
  type Part,
  type SendMessageResponse,
  type StreamResponse,
  type Task,
  type TaskArtifactUpdateEvent,
  type TaskState,
  type TaskStatus,
} from "../../protocol/index.js";
import { isFinal } from "../translated-stream.js";
import { readRole, writeRole, writeState } from "../v0_3/forms.js";
import { readPart, writePart } from "../v0_3/parts.js";

/** States that came later, as who knows only the older ones may take them. */
const nearest: Partial<Record<TaskState, TaskState>> = {
  TASK_STATE_REJECTED: "TASK_STATE_FAILED",
  TASK_STATE_AUTH_REQUIRED: "TASK_STATE_INPUT_REQUIRED",
};

/** How a state is written: as all versions name it, or as 0.1 can read it. */
export type Names = (state: TaskState) => string;
export const plainly: Names = (state) => writeState(state, "kind");
const asKnown: Names = (state) => plainly(nearest[state] ?? state);

/** @param id What the client calls it. */
export function writeTask(task: Task, id: string = task.id, names: Names = asKnown): object {
  return {
    id,
    sessionId: task.contextId,
    status: writeStatus(task.status, names),
    artifacts: task.artifacts?.map((artifact, index) => ({ ...writeArtifact(artifact), index })),
    history: task.history?.map(writeMessage),
    metadata: task.metadata,
  };
}

/** 0.1 has no direct answers: one is a task that has ended. */
export function writeResponse(response: SendMessageResponse, id?: string, names: Names = asKnown): object {
  if (response.task) return writeTask(response.task, id, names);
  return writeTask(asTask(response.message, id ?? crypto.randomUUID()), id, names);
}

function asTask(message: Message, id: string): Task {
  const { parts, contextId, messageId } = message;
  return {
    id,
    ...(contextId !== undefined && { contextId }),
    status: { state: "TASK_STATE_COMPLETED", message, timestamp: new Date().toISOString() },
    artifacts: [{ artifactId: messageId, parts }],
  };
}

/** Writes the events of one stream; it knows which artifacts there were. */
export function eventWriter(id: string): (event: StreamResponse) => object[] {
  const places = new Map<string, number>();
  const placeOf = ({ artifactId }: Artifact) => {
    const place = places.get(artifactId) ?? places.size;
    places.set(artifactId, place);
    return place;
  };
  const written = ({
    artifact,
    append,
    lastChunk,
    metadata,
  }: Omit<TaskArtifactUpdateEvent, "taskId" | "contextId">) => ({
    id,
    artifact: { ...writeArtifact(artifact), index: placeOf(artifact), append, lastChunk },
    metadata,
  });
  const state = (status: TaskStatus, final: boolean) => ({ id, status: writeStatus(status, asKnown), final });
  const whole = ({ artifacts = [], status }: Task, final: boolean) => [
    ...artifacts.map((artifact) => written({ artifact, lastChunk: isTerminal(status.state) })),
    state(status, final),
  ];
  return ({ task, message, statusUpdate, artifactUpdate }) => {
    if (task) return whole(task, false);
    if (message) return whole(asTask(message, id), true);
    if (artifactUpdate) return [written(artifactUpdate)];
    return [{ ...state(statusUpdate.status, isFinal(statusUpdate)), metadata: statusUpdate.metadata }];
  };
}

function writeStatus({ state, message, timestamp }: TaskStatus, names: Names): object {
  return { state: names(state), message: message && writeMessage(message), timestamp };
}

export const writeMessage = ({ role, parts, metadata }: Message): object => ({
  role: writeRole(role, "kind"),
  parts: parts.map(typed),
  metadata,
});

const writeArtifact = ({ name, description, parts, metadata }: Artifact): object => ({
  name,
  description,
  parts: parts.map(typed),
  metadata,
});

/** A part, whose discriminator was `type`. */
function typed(part: Part): object {
  const { kind: type, ...same }: { kind?: string } = writePart(part, "kind");
  return { type, ...same };
}

/** @throws A2AError INVALID_PARAMS for a part that is none */
export function readMessage(value: unknown, contextId: unknown): unknown {
  if (!isObject(value)) return value;
  const { role, parts, metadata } = value;
  return {
    messageId: crypto.randomUUID(),
    contextId,
    role: readRole(role),
    parts: readParts(parts),
    metadata,
  };
}

/** @throws A2AError INVALID_PARAMS for a part that is none */
export function readParts(value: unknown, path = "message.parts"): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((part, i) => {
    if (!isObject(part)) return part;
    const { type: kind, ...same } = part;
    if (kind === undefined) throw invalidField(`${path}[${i}].type`, "required");
    return readPart({ ...same, kind }, `${path}[${i}]`);
  });
}
