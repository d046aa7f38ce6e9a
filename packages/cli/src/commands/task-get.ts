/** `parley task get`: a task's state and artifacts, once or until it settles (10.3, 9.3). */
import { getTask, withSession } from "../agent/index.js";
import type { Command } from "../context.js";
import { Progress, pollUntilSettled } from "../follow/index.js";
import { printTask, warnAboutOutcome } from "../output/results.js";

export const command: Command = async (context) => {
  const history = context.config.get("history");
  const historyLength = history ?? (context.json || context.verbose ? undefined : 0);
  const wait = context.config.waits(false);
  const id = context.arg(0);
  await withSession(context, async (session) => {
    session.taskId = wait ? id : undefined;
    const progress = new Progress(context.diagnostics);
    const onTask = progress.task.bind(progress);
    const task = wait
      ? await pollUntilSettled(context, session, id, { historyLength, onTask })
      : await getTask(session, { id, historyLength });
    if (context.json) context.emit(task);
    else printTask(context, task, history !== undefined);
    warnAboutOutcome(context, task);
  });
};
