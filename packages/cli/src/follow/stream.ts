import { TransportError } from "@parley/a2a/client";
import type { Message, StreamResponse, Task } from "@parley/a2a/protocol";
import { getTask, isUnspecified, type Session } from "../agent/index.js";
import type { Context } from "../context.js";
import { caughtUp } from "../io.js";
import { isInterrupted, isSettled } from "../task-state.js";
import { isTransient, type PollOptions, pollUntilSettled } from "./poll.js";

/** What a stream showed by the time it was over. */
export type Seen = { readonly message: Message } | { readonly taskId: string; readonly settled: boolean };

/**
 * Reads a stream until the task ends or needs the caller, or the agent answers with a message.
 * A connection lost for good is no failure once the task is known: the caller polls on.
 *
 * @param continuing The message goes to an existing task, whose first snapshot may still show the old pause.
 * @throws A2AError, TransportError; the reason of the session's signal
 */
export async function followStream(
  { diagnostics, io }: Context,
  session: Session,
  events: AsyncIterable<StreamResponse>,
  onEvent: (event: StreamResponse) => void,
  continuing: boolean,
): Promise<Seen> {
  let first = true;
  try {
    for await (const event of events) {
      onEvent(event);
      await caughtUp(io.stdout, io.signal);
      await caughtUp(io.stderr, io.signal);
      if (event.message !== undefined) return { message: event.message };
      const { taskId, state } = progressOf(event);
      if (taskId !== undefined) session.taskId = taskId;
      const stale = first && continuing && state !== undefined && isInterrupted(state);
      first = false;
      if (session.taskId !== undefined && state !== undefined && isSettled(state) && !stale)
        return { taskId: session.taskId, settled: true };
    }
  } catch (error) {
    const known = session.taskId !== undefined && !session.signal.aborted;
    if (!known || !(isTransient(error) || isUnspecified(error))) throw error;
    diagnostics.warn(
      `the stream broke off (${error instanceof Error ? error.message : error}); polling instead`,
    );
  }
  if (session.taskId === undefined) throw new TransportError("network", "the stream ended before it began");
  return { taskId: session.taskId, settled: false };
}

/** The task a stream was about, once it is settled: asked for when the stream saw that, polled for when it did not. */
export function settledTask(
  context: Context,
  session: Session,
  seen: { readonly taskId: string; readonly settled: boolean },
  options: PollOptions,
): Promise<Task> {
  const { taskId: id, settled } = seen;
  if (!settled) return pollUntilSettled(context, session, id, options);
  return getTask(session, { id, historyLength: options.historyLength });
}

function progressOf({ task, statusUpdate, artifactUpdate }: StreamResponse): {
  taskId?: string;
  state?: string;
} {
  if (task !== undefined) return { taskId: task.id, state: task.status.state };
  if (statusUpdate !== undefined) return { taskId: statusUpdate.taskId, state: statusUpdate.status.state };
  return artifactUpdate === undefined ? {} : { taskId: artifactUpdate.taskId };
}
