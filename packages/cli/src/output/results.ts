/** How each kind of result is printed, in either format, with what to do next (CLI specification 8.2, App. B). */
import type { Message, Task } from "@parley/a2a/protocol";
import type { Context } from "../context.js";
import { isInterrupted, isTerminal } from "../task-state.js";
import { argument, commandLine } from "./command-line.js";
import { oneLine } from "./printable.js";
import { renderReply, renderTask, type TaskFacts } from "./task.js";

/** A whole task as text, with the next step. */
export function printTask(context: Context, task: Task, history = false): void {
  renderTask(context.text, task, { verbose: context.verbose, history });
  printNextSteps(context, task, hasFiles(task));
}

export function printReply(context: Context, message: Message): void {
  renderReply(context.text, message, context.verbose);
  context.text.field("Task ID", "(none: the agent answered directly)");
  if (message.contextId !== undefined)
    context.text.field(
      "Next",
      commandLine(context, "send", "--context-id", message.contextId, '"<message>"'),
    );
}

/** The command that goes on from here, ready to paste. */
export function printNextSteps(context: Context, task: TaskFacts, files: boolean): void {
  const { state } = task.status;
  if (files) context.text.field("Save", commandLine(context, "task download", ...argument(task.id)));
  if (isInterrupted(state))
    context.text.field("Next", commandLine(context, "send", "--task-id", task.id, '"<reply>"'));
  else if (!isTerminal(state))
    context.text.field("Next", commandLine(context, "task get", "--wait", ...argument(task.id)));
  else if (task.contextId !== undefined)
    context.text.field("Next", commandLine(context, "send", "--context-id", task.contextId, '"<message>"'));
}

/** Names an outcome that is not success on stderr; the exit status stays 0 (11.6). */
export function warnAboutOutcome({ diagnostics }: Context, { status }: TaskFacts): void {
  const outcome = outcomes[status.state];
  if (outcome === undefined) return;
  const said = status.message?.parts.map((part) => part.text ?? "").join(" ");
  diagnostics.warn(`${outcome}${said ? `: ${oneLine(said)}` : ""}`);
}

const outcomes: Readonly<Record<string, string>> = {
  TASK_STATE_FAILED: "the task FAILED",
  TASK_STATE_REJECTED: "the agent REJECTED the task",
  TASK_STATE_CANCELED: "the task was CANCELED",
  TASK_STATE_INPUT_REQUIRED: "the task waits for your reply (INPUT_REQUIRED)",
  TASK_STATE_AUTH_REQUIRED: "the task waits for authentication (AUTH_REQUIRED)",
};

export function hasFiles({ artifacts = [] }: Task): boolean {
  return artifacts.some(({ parts }) => parts.some((part) => part.raw !== undefined));
}
