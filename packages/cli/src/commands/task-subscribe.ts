/** `parley task subscribe`: follows a task that exists, from a snapshot on (9.4). */
import type { StreamResponse, Task } from "@parley/a2a/protocol";
import { type Session, withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { followStream, Progress, pollUntilSettled, type Seen, settledTask } from "../follow/index.js";
import { printTask, warnAboutOutcome } from "../output/results.js";
import { StreamPrinter } from "../output/stream-printer.js";

export const command: Command = (context) =>
  withSession(context, async (session) => {
    session.taskId = context.arg(0);
    await (context.streaming ? stream(context, session) : wait(context, session));
  });

async function stream(context: Context, session: Session): Promise<void> {
  const printer = new StreamPrinter(context);
  const seen = await follow(context, session, (event) => printer.event(event));
  printer.end(seen.settled ? undefined : await settledTask(context, session, seen, lean(context)));
}

async function wait(context: Context, session: Session): Promise<void> {
  const progress = new Progress(context.diagnostics);
  const seen = await follow(context, session, (event) => progress.event(event));
  const onTask = (task: Task): void => progress.task(task);
  const task = await settledTask(context, session, seen, { ...lean(context), onTask });
  if (context.json) context.emit(task);
  else printTask(context, task);
  warnAboutOutcome(context, task);
}

type SeenTask = Exclude<Seen, { message: unknown }>;

/** Agents without streams are polled instead. */
async function follow(
  context: Context,
  session: Session,
  onEvent: (event: StreamResponse) => void,
): Promise<SeenTask> {
  const id = context.arg(0);
  const pending = { taskId: id, settled: false };
  if (!session.card.capabilities?.streaming) {
    context.diagnostics.warn("this agent does not stream; polling instead");
    let state: string | undefined;
    const onTask = (task: Task): void => {
      if (task.status.state !== state) onEvent({ task });
      state = task.status.state;
    };
    await pollUntilSettled(context, session, id, { ...lean(context), onTask });
    return { taskId: id, settled: true };
  }
  const events = session.client.subscribeToTask({ id }, { signal: session.signal });
  const seen = await followStream(context, session, events, onEvent, false);
  return "message" in seen ? pending : seen;
}

/** People do not need the history; programs get what the agent keeps. */
function lean(context: Context): { historyLength: number | undefined } {
  return { historyLength: context.json || context.verbose ? undefined : 0 };
}
