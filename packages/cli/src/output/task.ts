/** Tasks and the events of their streams in the text form. */
import type {
  Message,
  StreamResponse,
  Task,
  TaskArtifactUpdateEvent,
  TaskStatus,
} from "@parley/a2a/protocol";
import { isSettled } from "../task-state.js";
import { renderArtifact, renderArtifactHead, renderMessage, renderMetadata, renderPart } from "./parts.js";
import type { TextWriter } from "./text.js";

export interface Detail {
  readonly verbose: boolean;
  /** Show the messages of the task. */
  readonly history: boolean;
}

/** The three facts every command about a task ends with (CLI specification 8.2). */
export interface TaskFacts {
  readonly id: string;
  readonly contextId?: string | undefined;
  readonly status: TaskStatus;
}

/** A whole task; the identifiers and the state come last, next to the prompt. */
export function renderTask(out: TextWriter, task: Task, detail: Detail): void {
  if (detail.history || detail.verbose) renderHistory(out, task.history ?? [], detail.verbose);
  for (const artifact of task.artifacts ?? []) renderArtifact(out, artifact, detail.verbose);
  out.section();
  renderFacts(out, task, detail.verbose);
  if (detail.verbose) renderMetadata(out, task.metadata);
}

function renderFacts(out: TextWriter, task: TaskFacts, verbose: boolean): void {
  out.field("Task ID", task.id);
  out.field("Context ID", task.contextId ?? "(none)");
  renderStatus(out, task.status, verbose);
}

function renderStatus(out: TextWriter, status: TaskStatus, verbose: boolean): void {
  out.field("State", status.state);
  if (verbose) out.field("Updated", status.timestamp);
  if (status.message !== undefined) renderMessage(out, "Message", status.message, verbose);
}

/** An answer without a task. */
export function renderReply(out: TextWriter, message: Message, verbose: boolean): void {
  out.section();
  renderMessage(out, "Reply", message, verbose);
  out.field("Context ID", message.contextId);
}

/** One event of a live stream; the one that settles the task restates its identifiers (11.2). Chunks of text of one artifact continue one block. */
export function renderEvent(out: TextWriter, event: StreamResponse, verbose: boolean): void {
  if (event.task !== undefined) renderTask(out, event.task, { verbose, history: false });
  else if (event.message !== undefined) renderReply(out, event.message, verbose);
  else if (event.artifactUpdate !== undefined) renderArtifactUpdate(out, event.artifactUpdate, verbose);
  else if (event.statusUpdate !== undefined) {
    const { taskId, contextId, status, metadata } = event.statusUpdate;
    out.section();
    if (verbose || isSettled(status.state)) renderFacts(out, { id: taskId, contextId, status }, verbose);
    else renderStatus(out, status, verbose);
    if (verbose) renderMetadata(out, metadata);
  }
}

function renderArtifactUpdate(out: TextWriter, update: TaskArtifactUpdateEvent, verbose: boolean): void {
  const { artifact } = update;
  const key = `artifact ${artifact.artifactId}`;
  const [only, ...others] = artifact.parts;
  const growing = only?.text !== undefined && others.length === 0 && !verbose;
  if (!growing || !update.append || !out.isOpen(key)) {
    out.section();
    renderArtifactHead(out, artifact, verbose);
  }
  if (growing) out.chunk(key, "Text", only.text);
  else for (const part of artifact.parts) renderPart(out, part, verbose);
  if (update.lastChunk) out.close();
  if (verbose) renderMetadata(out, update.metadata);
}

function renderHistory(out: TextWriter, messages: readonly Message[], verbose: boolean): void {
  for (const message of messages) {
    out.section();
    renderMessage(out, message.role === "ROLE_USER" ? "You" : "Agent", message, verbose);
  }
}
