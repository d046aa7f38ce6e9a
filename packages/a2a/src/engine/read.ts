/** GetTask and ListTasks (spec 3.1.3, 3.1.4): folds of the journal, cut to what was asked for. */
import type { ListQuery, TaskHead } from "../ports/index.js";
import { type GetTaskRequest, invalidField, type ListTasksRequest, type Task } from "../protocol/index.js";
import type { Engine } from "./engine.js";

/** @returns the Task as JSON. @throws A2AError TASK_NOT_FOUND */
export async function getTask(engine: Engine, request: GetTaskRequest, owner: string): Promise<string> {
  return withHistory(await engine.text(request.id, owner), request.historyLength);
}

/** A Task's JSON with at most so many of its most recent messages (spec 3.2.4). */
export function withHistory(text: string, historyLength: number | undefined): string {
  if (historyLength === undefined) return text;
  const task = JSON.parse(text) as Task;
  limitHistory(task, historyLength);
  return JSON.stringify(task);
}

function limitHistory(task: Task, historyLength: number): void {
  if (historyLength === 0) delete task.history;
  else if (task.history) task.history = task.history.slice(-historyLength);
}

/** Tasks per page where the request does not say (proto ListTasksRequest.page_size). */
const usualPageSize = 50;

/**
 * @returns the ListTasksResponse as JSON: newest status first, then by id.
 * @throws A2AError INVALID_PARAMS naming `pageToken`
 */
export async function listTasks(engine: Engine, request: ListTasksRequest, owner: string): Promise<string> {
  const pageSize = request.pageSize ?? usualPageSize;
  const query: ListQuery = {
    owner,
    limit: pageSize,
    ...(request.contextId !== undefined && { contextId: request.contextId }),
    ...(request.status !== undefined && { state: request.status }),
    ...(request.statusTimestampAfter !== undefined && { since: Date.parse(request.statusTimestampAfter) }),
    ...(request.pageToken && { after: readPageToken(request.pageToken) }),
  };
  const artifacts = request.includeArtifacts === true;
  const page = await engine.journal.list(query);
  const tasks: string[] = [];
  for (const head of page.heads) {
    const text = await textOf(engine, head, artifacts);
    if (text !== undefined) tasks.push(withHistory(text, request.historyLength));
  }
  const last = page.more ? page.heads.at(-1) : undefined;
  const nextPageToken = last ? pageToken(last) : "";
  return `{"tasks":[${tasks.join(",")}],"nextPageToken":${JSON.stringify(nextPageToken)},"pageSize":${pageSize},"totalSize":${page.totalSize}}`;
}

/** The task as committed; undefined when it was removed meanwhile. */
async function textOf(engine: Engine, head: TaskHead, artifacts: boolean): Promise<string | undefined> {
  const live = engine.live(head.id);
  if (live && live.committed === live.seq && live.seq >= head.seq) {
    const text = artifacts ? live.text() : live.textWithoutArtifacts();
    if (text !== undefined) return text;
  }
  const loading = engine.journal.load(head.id, { artifacts });
  return (loading instanceof Promise ? await loading : loading)?.json;
}

/** Where the next page begins: after this task. */
const pageToken = (head: TaskHead): string => `${head.statusMillis.toString(36)}.${head.id}`;

function readPageToken(token: string): { statusMillis: number; id: string } {
  const match = /^([0-9a-z]{1,11})\.([^\s]{1,128})$/.exec(token);
  if (!match) throw invalidField("pageToken", "expected a nextPageToken of an earlier answer");
  return { statusMillis: Number.parseInt(match[1] as string, 36), id: match[2] as string };
}
