/** What every store does when a Task is asked for and not kept: it is folded from its entries. */
import { Entry, type Snapshot, type TaskEvent } from "../ports/index.js";
import { applyEvent, type Task } from "../protocol/index.js";

/** The task after more entries; the given task is consumed. */
export function fold(task: Task | undefined, entries: Iterable<Entry>): Task | undefined {
  let folded = task;
  for (const entry of entries) folded = applyEvent(folded, entry.event, entry.message);
  return folded;
}

/** The task after more entries, of which those that bring artifacts are not even parsed. */
export function foldWithoutArtifacts(task: Task | undefined, entries: readonly Entry[]): Task | undefined {
  const folded = fold(
    task,
    entries.filter((entry) => !entry.artifactOnly),
  );
  delete folded?.artifacts;
  return folded;
}

/**
 * The fewest entries that fold to an ended Task, artifacts apart from the rest so that readers can pass over them.
 * Their numbers are below 0: they are no events, and lie before all that are.
 */
export function foldedEntries(task: Task): Entry[] {
  const events = foldedEvents(task);
  return events.map((event, i) => new Entry(i - events.length, event));
}

function foldedEvents(task: Task): TaskEvent[] {
  const { id: taskId, contextId, status, artifacts, history, metadata } = task;
  const ids = new Set(artifacts?.map(({ artifactId }) => artifactId));
  if (contextId === undefined || artifacts === undefined || ids.size < artifacts.length) return [{ task }];
  const begun = {
    id: taskId,
    contextId,
    // What has ended takes no artifacts.
    status: { state: "TASK_STATE_WORKING" as const },
    artifacts: [],
    ...(history && { history }),
    ...(metadata && { metadata }),
  };
  return [
    { task: begun },
    ...artifacts.map((artifact) => ({ artifactUpdate: { taskId, contextId, artifact } })),
    { statusUpdate: { taskId, contextId, status } },
  ];
}

/** Loads many where loading one is a call and no more. */
export function loadEach(
  ids: readonly string[],
  load: (id: string) => Snapshot | undefined,
): ReadonlyMap<string, Snapshot> {
  const found = new Map<string, Snapshot>();
  for (const id of ids) {
    const snapshot = load(id);
    if (snapshot) found.set(id, snapshot);
  }
  return found;
}
