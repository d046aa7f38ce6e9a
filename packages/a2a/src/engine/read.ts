/** GetTask and ListTasks (spec 3.1.3, 3.1.4): folds of the journal, cut to what was asked for. */
import type { Numbered } from "../dispatch/contract.js";
import type { ListQuery, Snapshot, TaskHead } from "../ports/index.js";
import { type GetTaskRequest, invalidField, type ListTasksRequest, type Task } from "../protocol/index.js";
import type { Engine } from "./engine.js";
import type { TaskText } from "./live-task.js";

/** @returns the Task as JSON. @throws A2AError TASK_NOT_FOUND */
export async function getTask(
  engine: Engine,
  request: GetTaskRequest,
  owner: string,
  numbered?: Numbered,
): Promise<string> {
  return shown(await engine.text(request.id, owner), request.historyLength, numbered);
}

/** A Task as its caller wants it. */
export function shown(
  { text, seq }: TaskText,
  historyLength: number | undefined,
  numbered: Numbered | undefined,
): string {
  const cut = withHistory(text, historyLength);
  return numbered === undefined ? cut : numbered.task(cut, seq);
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
export async function listTasks(
  engine: Engine,
  request: ListTasksRequest,
  owner: string,
  numbered?: Numbered,
): Promise<string> {
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
  const texts = page.heads.map((head) => liveText(engine, head, artifacts));
  const others = page.heads.flatMap(({ id }, at) => (texts[at] === undefined ? id : []));
  const stored = await engine.journal.loadMany(others, { artifacts });
  const tasks = page.heads.flatMap(({ id }, at) => {
    // One that was removed meanwhile is nowhere.
    const found = texts[at] ?? textIn(stored.get(id));
    return found === undefined ? [] : shown(found, request.historyLength, numbered);
  });
  const last = page.more ? page.heads.at(-1) : undefined;
  const nextPageToken = last ? pageToken(last) : "";
  return `{"tasks":[${tasks.join(",")}],"nextPageToken":${JSON.stringify(nextPageToken)},"pageSize":${pageSize},"totalSize":${page.totalSize}}`;
}

/** The task, when something is going on with it and all of that is committed. */
function liveText(engine: Engine, head: TaskHead, artifacts: boolean): TaskText | undefined {
  const live = engine.live(head.id);
  if (live === undefined || live.committed !== live.seq || live.seq < head.seq) return undefined;
  const text = artifacts ? live.text() : live.textWithoutArtifacts();
  return text === undefined ? undefined : { text, seq: live.seq };
}

const textIn = (snapshot: Snapshot | undefined): TaskText | undefined =>
  snapshot && { text: snapshot.json, seq: snapshot.head.seq };

/** Where the next page begins: after this task. */
const pageToken = (head: TaskHead): string => `${head.statusMillis.toString(36)}.${head.id}`;

function readPageToken(token: string): { statusMillis: number; id: string } {
  const match = /^([0-9a-z]{1,11})\.([^\s]{1,128})$/.exec(token);
  if (!match) throw invalidField("pageToken", "expected a nextPageToken of an earlier answer");
  return { statusMillis: Number.parseInt(match[1] as string, 36), id: match[2] as string };
}
