/** What every store does when a Task is asked for and not kept: it is folded from its entries. */
import type { Entry, Snapshot } from "../ports/index.js";
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
