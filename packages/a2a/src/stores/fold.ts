/** What every store does when a Task is asked for and not kept: it is folded from its entries. */
import type { Entry } from "../ports/index.js";
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
