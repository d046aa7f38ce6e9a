/** Task states, their legal moves, and the fold that turns a journal into a Task. No I/O. */
import { A2AError } from "./errors.js";
import type {
  Artifact,
  Message,
  Part,
  StreamResponse,
  Task,
  TaskArtifactUpdateEvent,
  TaskState,
  TaskStatusUpdateEvent,
  TextPart,
} from "./types.gen.js";

interface StateRow {
  /** The task has ended; nothing may follow (spec 4.1.3). */
  readonly terminal: boolean;
  /** The task waits for the client (spec 4.1.3). */
  readonly interrupted: boolean;
  /** States that may follow. A state may be stated again unless it is terminal. */
  readonly next: readonly TaskState[];
}

const ends = [
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
] as const;
const active = [
  "TASK_STATE_WORKING",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
  ...ends,
] as const;

/** The table of states. */
export const states: Readonly<Record<TaskState, StateRow>> = {
  TASK_STATE_SUBMITTED: { terminal: false, interrupted: false, next: ["TASK_STATE_SUBMITTED", ...active] },
  TASK_STATE_WORKING: { terminal: false, interrupted: false, next: active },
  TASK_STATE_INPUT_REQUIRED: { terminal: false, interrupted: true, next: active },
  TASK_STATE_AUTH_REQUIRED: { terminal: false, interrupted: true, next: active },
  TASK_STATE_COMPLETED: { terminal: true, interrupted: false, next: [] },
  TASK_STATE_FAILED: { terminal: true, interrupted: false, next: [] },
  TASK_STATE_CANCELED: { terminal: true, interrupted: false, next: [] },
  TASK_STATE_REJECTED: { terminal: true, interrupted: false, next: [] },
};

export const isTerminal = (state: TaskState): boolean => states[state].terminal;

/** A blocking send returns here: the task has ended or waits for the client (spec 3.2.2). */
export const isSettled = (state: TaskState): boolean => states[state].terminal || states[state].interrupted;

/**
 * The task after one more event; `message` is the user's message that the event follows.
 * The given task is consumed: it is advanced in place and returned, so that a fold is linear in its events.
 * Events themselves are never changed.
 *
 * @throws A2AError INVALID_AGENT_RESPONSE when the event may not follow.
 */
export function applyEvent(task: Task | undefined, event: StreamResponse, message?: Message): Task {
  if (event.task !== undefined) return create(task, event.task);
  if (task === undefined) throw illegal("the first event of a task must be the Task");
  if (event.statusUpdate !== undefined) return applyStatus(task, event.statusUpdate, message);
  if (event.artifactUpdate !== undefined) return applyArtifact(task, event.artifactUpdate);
  throw illegal("a Message cannot follow the creation of a task");
}

function create(task: Task | undefined, created: Task): Task {
  if (task !== undefined) throw illegal("a task is created once");
  const { id, contextId, status, artifacts, history, metadata } = created;
  const own: Every<Task> = {
    id,
    contextId,
    status,
    artifacts: artifacts?.map(ownArtifact),
    history: history && [...history],
    metadata,
  };
  return own;
}

function applyStatus(task: Task, update: TaskStatusUpdateEvent, message: Message | undefined): Task {
  checkIds(task, update);
  const from = task.status.state;
  if (!states[from].next.includes(update.status.state)) {
    throw illegal(`a task cannot move from ${from} to ${update.status.state}`);
  }
  const said = task.status.message;
  if (said !== undefined && said.messageId !== update.status.message?.messageId) remember(task, said);
  if (message !== undefined) remember(task, message);
  task.status = update.status;
  if (update.metadata) task.metadata = { ...task.metadata, ...update.metadata };
  return task;
}

function remember(task: Task, message: Message): void {
  task.history ??= [];
  task.history.push(message);
}

function applyArtifact(task: Task, update: TaskArtifactUpdateEvent): Task {
  checkIds(task, update);
  if (isTerminal(task.status.state)) throw illegal("an ended task takes no more artifacts");
  const { artifact } = update;
  task.artifacts ??= [];
  const { artifacts } = task;
  const index = findArtifact(artifacts, artifact.artifactId);
  if (update.append) {
    const existing = artifacts[index];
    if (existing === undefined) {
      throw illegal(
        `artifact ${JSON.stringify(artifact.artifactId)} cannot be appended to: it does not exist`,
      );
    }
    extend(existing, artifact);
  } else if (index < 0) {
    artifacts.push(ownArtifact(artifact));
  } else {
    artifacts[index] = ownArtifact(artifact);
  }
  return task;
}

/** The latest artifact first: chunks nearly always go to the one just written. */
function findArtifact(artifacts: readonly Artifact[], id: string): number {
  for (let i = artifacts.length - 1; i >= 0; i--) if (artifacts[i]?.artifactId === id) return i;
  return -1;
}

/** Copies are made field by field: a spread that more fields follow costs many times as much. */
type Every<T> = { [K in keyof Required<T>]: T[K] };

const ownArtifact = (artifact: Artifact): Artifact => artifactWith(artifact, artifact.parts.map(ownPart));

/** Text grows where it lies; nothing else of a part is ever changed. */
const ownPart = (part: Part): Part => (part.text === undefined ? part : { ...part });

/** A copy of the artifact with other parts. */
export function artifactWith(artifact: Artifact, parts: Part[]): Every<Artifact> {
  const { artifactId, name, description, metadata, extensions } = artifact;
  return { artifactId, name, description, parts, metadata, extensions };
}

/** A copy of the message in a context, and in a task if it has one. */
export function messageIn(message: Message, contextId: string, taskId: string | undefined): Every<Message> {
  const { messageId, role, parts, metadata, extensions, referenceTaskIds } = message;
  return { messageId, contextId, taskId, role, parts, metadata, extensions, referenceTaskIds };
}

function extend(artifact: Artifact, chunk: Artifact): void {
  for (const part of chunk.parts) append(artifact.parts, part);
  if (chunk.name !== undefined) artifact.name = chunk.name;
  if (chunk.description !== undefined) artifact.description = chunk.description;
  if (chunk.metadata) artifact.metadata = { ...artifact.metadata, ...chunk.metadata };
  if (chunk.extensions)
    artifact.extensions = [...new Set([...(artifact.extensions ?? []), ...chunk.extensions])];
}

/** Adjacent text of the same kind becomes one part, so that a long text stream stays one part. */
function append(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last?.text !== undefined && part.text !== undefined && sameKind(last, part)) {
    last.text += part.text;
  } else {
    parts.push(ownPart(part));
  }
}

function sameKind(a: TextPart, b: TextPart): boolean {
  return (
    a.mediaType === b.mediaType &&
    a.filename === b.filename &&
    (a.metadata === b.metadata || JSON.stringify(a.metadata) === JSON.stringify(b.metadata))
  );
}

function checkIds(task: Task, update: { taskId: string; contextId: string }): void {
  if (update.taskId !== task.id) throw illegal(`the event's taskId is not the task's (${task.id})`);
  if (update.contextId !== task.contextId)
    throw illegal(`the event's contextId is not the task's (${task.contextId})`);
}

const illegal = (message: string) => new A2AError("INVALID_AGENT_RESPONSE", `Invalid event: ${message}`);
