/** `parley task list`: tasks, latest first, page by page (App. A). */
import type { ListTasksRequest, ListTasksResponse, Task, TaskState } from "@parley/a2a/protocol";
import { type Session, withSession } from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { commandLine, flagsGiven, usage } from "../output/index.js";
import { renderTask } from "../output/task.js";

export const command: Command = async (context) => {
  const request = toRequest(context);
  await withSession(context, async (session) => {
    const response = await list(session, request, context.config.get("all"));
    if (context.json && context.streaming) for (const task of response.tasks) context.emit(task);
    else if (context.json) context.emit(response);
    else print(context, response);
  });
};

function toRequest({ config }: Context): ListTasksRequest {
  const status = config.get("status");
  const updatedAfter = config.get("updated-after");
  const time = updatedAfter === undefined ? undefined : new Date(updatedAfter);
  if (time !== undefined && Number.isNaN(time.getTime()))
    throw usage(
      `--updated-after: "${updatedAfter}" is not a time`,
      "Write it like 2026-01-31 or 2026-01-31T12:00:00Z.",
    );
  return {
    contextId: config.get("context-id"),
    status:
      status === undefined
        ? undefined
        : (`TASK_STATE_${status.toUpperCase().replaceAll("-", "_")}` as TaskState),
    pageSize: config.get("page-size"),
    pageToken: config.get("page-token"),
    historyLength: config.get("history") ?? 0,
    statusTimestampAfter: time?.toISOString(),
    includeArtifacts: config.get("artifacts"),
  };
}

/** What was asked for, for the next page of it: a token only goes on with the same listing. */
const again = (context: Context): string[] =>
  flagsGiven(context, ["status", "context-id", "updated-after", "page-size", "history", "artifacts"]);

/** With `all` the pages become one response, whose next page is empty. */
async function list(
  { client, signal }: Session,
  request: ListTasksRequest,
  all: boolean,
): Promise<ListTasksResponse> {
  let response = await client.listTasks(request, { signal });
  const tasks: Task[] = [...response.tasks];
  while (all && response.nextPageToken) {
    response = await client.listTasks({ ...request, pageToken: response.nextPageToken }, { signal });
    tasks.push(...response.tasks);
  }
  return all ? { ...response, tasks, pageSize: tasks.length } : response;
}

function print(context: Context, { tasks, totalSize, nextPageToken }: ListTasksResponse): void {
  const history = context.config.get("history") !== undefined;
  for (const task of tasks) {
    renderTask(context.text, task, { verbose: context.verbose, history });
    if (!context.verbose) context.text.field("Updated", task.status.timestamp);
  }
  context.text.section();
  context.text.field("Shown", tasks.length);
  context.text.field("Total", totalSize);
  if (nextPageToken)
    context.text.field(
      "Next",
      commandLine(context, "task list", ...again(context), "--page-token", nextPageToken),
    );
}
