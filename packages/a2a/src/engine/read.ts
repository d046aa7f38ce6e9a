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

/** A page ends at the task with which it has so many characters: it is answered as one string, and Tasks may be large. */
const pageSizeLimit = 64 * 1024 * 1024;

/** Tasks of a page that are read first, with and without artifacts; of the next ones, four times as many. */
const readAtFirst = { whole: 4, bare: usualPageSize };

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
  const { heads, more, totalSize } = await engine.journal.list(query);
  const texts = await textsOf(engine, heads, request.includeArtifacts === true);
  // One that was removed meanwhile is nowhere.
  const tasks = texts.flatMap((found) => (found ? shown(found, request.historyLength, numbered) : []));
  const last = more || texts.length < heads.length ? heads[texts.length - 1] : undefined;
  const nextPageToken = last ? pageToken(last) : "";
  return `{"tasks":[${tasks.join(",")}],"nextPageToken":${JSON.stringify(nextPageToken)},"pageSize":${pageSize},"totalSize":${totalSize}}`;
}

/** As many of the tasks as belong on one page, in order. */
async function textsOf(
  engine: Engine,
  heads: readonly TaskHead[],
  artifacts: boolean,
): Promise<(TaskText | undefined)[]> {
  const texts: (TaskText | undefined)[] = [];
  let size = 0;
  const first = artifacts ? readAtFirst.whole : readAtFirst.bare;
  for (let count = first; texts.length < heads.length; count *= 4) {
    const next = heads.slice(texts.length, texts.length + count);
    const live = next.map((head) => liveText(engine, head, artifacts));
    const others = next.flatMap(({ id }, at) => (live[at] === undefined ? id : []));
    const stored = await engine.journal.loadMany(others, { artifacts });
    for (const [at, { id }] of next.entries()) {
      const text = live[at] ?? textIn(stored.get(id));
      texts.push(text);
      size += text?.text.length ?? 0;
      if (size >= pageSizeLimit) return texts;
    }
  }
  return texts;
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
