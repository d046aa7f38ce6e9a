/** What the floor keeps, and what it answers: the same over all bindings. */
import { randomUUID } from "node:crypto";
import { chunkText, parseCommand } from "./contract.js";

export interface Message {
  readonly messageId: string;
  readonly contextId?: string;
  readonly parts: readonly { readonly text: string }[];
}

export interface Task {
  readonly id: string;
  readonly contextId: string;
  readonly status: { readonly state: string; readonly timestamp: string };
  readonly artifacts?: readonly {
    readonly artifactId: string;
    readonly parts: { readonly text: string }[];
  }[];
  readonly history: readonly Message[];
}

export interface ListQuery {
  readonly contextId?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

export const tasks = new Map<string, Task>();
const inOrder: Task[] = [];
const byContext = new Map<string, Task[]>();

export function newTask(message: Message, state: string, artifacts?: Task["artifacts"]): Task {
  const contextId = message.contextId ?? randomUUID();
  const status = { state, timestamp: new Date().toISOString() };
  const task = { id: randomUUID(), contextId, status, artifacts, history: [message] };
  tasks.set(task.id, task);
  inOrder.push(task);
  if (message.contextId !== undefined) {
    const siblings = byContext.get(contextId);
    if (siblings) siblings.push(task);
    else byContext.set(contextId, [task]);
  }
  return task;
}

export function sendMessage(message: Message): object {
  const text = message.parts[0]?.text ?? "";
  if (parseCommand(text).kind === "message") {
    return { message: { messageId: randomUUID(), role: "ROLE_AGENT", parts: [{ text }] } };
  }
  const artifacts = [{ artifactId: "echo", parts: [{ text }] }];
  return { task: newTask(message, "TASK_STATE_COMPLETED", artifacts) };
}

/** How a binding writes to the client of a stream. */
export interface Out {
  /** @returns false when the peer reads slower than we write. */
  event(event: object): boolean;
  drained(): Promise<unknown>;
  end(): void;
}

/** Streams a task; one that has no chunks to make goes on without end. */
export async function streamMessage(message: Message, out: Out): Promise<void> {
  const command = parseCommand(message.parts[0]?.text ?? "");
  const task = newTask(message, "TASK_STATE_SUBMITTED");
  const { id: taskId, contextId } = task;
  const status = (state: string) =>
    out.event({
      statusUpdate: { taskId, contextId, status: { state, timestamp: new Date().toISOString() } },
    });
  out.event({ task });
  status("TASK_STATE_WORKING");
  if (command.kind !== "chunks") return;
  for (let index = 0; index < command.count; index++) {
    const artifact = { artifactId: "chunks", parts: [{ text: chunkText(index, command.bytes) }] };
    const lastChunk = index === command.count - 1;
    const update = { taskId, contextId, artifact, append: index > 0, lastChunk };
    if (!out.event({ artifactUpdate: update })) await out.drained();
  }
  status("TASK_STATE_COMPLETED");
  out.end();
}

export function listTasks({ contextId, pageSize = 50, pageToken }: ListQuery): object {
  const list = contextId === undefined ? inOrder : (byContext.get(contextId) ?? []);
  const end = pageToken ? Number(pageToken) : list.length;
  const begin = Math.max(0, end - pageSize);
  const page = list.slice(begin, end).reverse();
  return {
    tasks: page.map(({ artifacts, ...task }) => task),
    nextPageToken: begin > 0 ? String(begin) : "",
    pageSize,
    totalSize: list.length,
  };
}
