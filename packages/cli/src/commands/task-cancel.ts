/** `parley task cancel`: cancelling twice is the same as cancelling once (10.4). */
import { A2AError, type Task } from "@parley/a2a/protocol";
import { type Session, withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { printTask } from "../output/results.js";

export const command: Command = (context) =>
  withSession(context, async (session) => {
    const task = await cancel(context, session);
    if (context.json) context.emit(task);
    else printTask(context, task);
  });

/** @throws A2AError TASK_NOT_CANCELABLE naming the state of a task that ended otherwise */
async function cancel(context: Context, { client, signal }: Session): Promise<Task> {
  const id = context.arg(0);
  try {
    return await client.cancelTask({ id, metadata: context.config.get("metadata") }, { signal });
  } catch (error) {
    if (!(error instanceof A2AError) || error.reason !== "TASK_NOT_CANCELABLE") throw error;
    const task = await client.getTask({ id }, { signal });
    const { state } = task.status;
    if (state !== "TASK_STATE_CANCELED")
      throw new A2AError("TASK_NOT_CANCELABLE", `${error.message} (it is ${state})`, { cause: error });
    context.diagnostics.progress("The task was canceled before");
    return task;
  }
}
