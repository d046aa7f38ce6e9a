/** `parley send`: a message to start or continue an interaction (10.2). */
import { randomUUID } from "node:crypto";
import type { SendMessageRequest, StreamResponse, Task } from "@parley/a2a/protocol";
import { type Session, withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { followStream, Progress, pollUntilSettled, settledTask } from "../follow/index.js";
import { messageParts } from "../message-parts.js";
import { usage } from "../output/index.js";
import { renderMessage } from "../output/parts.js";
import { printReply, printTask, warnAboutOutcome } from "../output/results.js";
import { StreamPrinter } from "../output/stream-printer.js";

export const command: Command = async (context) => {
  const { config } = context;
  const wait = config.waits(true);
  if (context.streaming && config.setting("async").source === "flag" && !wait)
    throw usage("--stream and --async contradict each other");
  const request = await toRequest(context);
  await withSession(context, async (session) => {
    if (context.verbose && !context.json) renderMessage(context.text, "Sent", request.message, true);
    if (context.streaming) return stream(context, session, request);
    return wait ? sendAndWait(context, session, request) : sendOnly(context, session, request);
  });
};

async function toRequest(context: Context): Promise<SendMessageRequest> {
  const { config } = context;
  const acceptedOutputModes = config.get("accept");
  return {
    message: {
      messageId: randomUUID(),
      role: "ROLE_USER",
      parts: await messageParts(context),
      taskId: config.get("task-id"),
      contextId: config.get("context-id"),
    },
    configuration: {
      ...(acceptedOutputModes.length > 0 && { acceptedOutputModes: [...acceptedOutputModes] }),
      historyLength: historyLength(context),
    },
    metadata: config.get("metadata"),
  };
}

/** People do not need their own message back; programs get what the agent keeps. */
function historyLength(context: Context): number | undefined {
  return context.json || context.verbose ? undefined : 0;
}

const canStream = ({ card }: Session): boolean => card.capabilities?.streaming === true;

/** --stream: every event as it comes (11.2, 11.3). */
async function stream(context: Context, session: Session, request: SendMessageRequest): Promise<void> {
  const printer = new StreamPrinter(context);
  if (!canStream(session)) {
    context.diagnostics.warn("this agent does not stream; polling instead");
    const task = await sendAndPoll(context, session, request, (event) => printer.event(event));
    if (task !== undefined) printer.end(task);
    return;
  }
  const events = session.client.sendStreamingMessage(request, { signal: session.signal });
  const continuing = request.message.taskId !== undefined;
  const seen = await followStream(context, session, events, (event) => printer.event(event), continuing);
  if ("message" in seen) return;
  if (seen.settled) printer.end();
  else
    printer.end(
      await pollUntilSettled(context, session, seen.taskId, { historyLength: historyLength(context) }),
    );
}

/** Waits over a stream where the agent has them, and polls where it does not or the stream is lost (9.3). */
async function sendAndWait(context: Context, session: Session, request: SendMessageRequest): Promise<void> {
  const progress = new Progress(context.diagnostics);
  if (!canStream(session)) {
    const task = await sendAndPoll(context, session, request, (event) => {
      if (event.message !== undefined) finish(context, event);
      else progress.event(event);
    });
    if (task !== undefined) finish(context, { task });
    return;
  }
  const events = session.client.sendStreamingMessage(request, { signal: session.signal });
  const continuing = request.message.taskId !== undefined;
  const seen = await followStream(context, session, events, (event) => progress.event(event), continuing);
  if ("message" in seen) return finish(context, { message: seen.message });
  const options = { historyLength: historyLength(context), onTask: (task: Task) => progress.task(task) };
  finish(context, { task: await settledTask(context, session, seen, options) });
}

/** @returns the settled task; undefined after a direct answer. `onEvent` sees the answer and every change of state. */
async function sendAndPoll(
  context: Context,
  session: Session,
  request: SendMessageRequest,
  onEvent: (event: StreamResponse) => void,
): Promise<Task | undefined> {
  const { task, message } = await session.client.sendMessage(immediately(request), {
    signal: session.signal,
  });
  if (message !== undefined) {
    onEvent({ message });
    return undefined;
  }
  if (task === undefined) return undefined;
  session.taskId = task.id;
  onEvent({ task });
  let { state } = task.status;
  const onTask = (current: Task): void => {
    if (current.status.state !== state) onEvent({ task: current });
    state = current.status.state;
  };
  return pollUntilSettled(context, session, task.id, { historyLength: historyLength(context), onTask });
}

/** --async: the identifiers, at once (11.5). */
async function sendOnly(context: Context, session: Session, request: SendMessageRequest): Promise<void> {
  finish(context, await session.client.sendMessage(immediately(request), { signal: session.signal }));
}

function immediately(request: SendMessageRequest): SendMessageRequest {
  return { ...request, configuration: { ...request.configuration, returnImmediately: true } };
}

/** The one result, as SendMessageResponse or as text. */
function finish(context: Context, { task, message }: StreamResponse): void {
  if (context.json) context.emit(task === undefined ? { message } : { task });
  else if (message !== undefined) printReply(context, message);
  else if (task !== undefined) printTask(context, task);
  if (task !== undefined) warnAboutOutcome(context, task);
}
