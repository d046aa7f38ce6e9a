import type { Store } from "@parley/a2a/ports";
import { endedOnce, journalOf, linesOf, shown, told } from "./journal.js";
import type { Load } from "./load.js";
import { stateOf } from "./reader.js";

/**
 * Every task that was acknowledged is there, as its reader saw it, and has one end. It may have failed: a store that
 * is away for long cannot take what the agent does.
 */
export async function auditLoad({ readers, wrong }: Load, truth: Store) {
  const found = [...wrong];
  const ends = { completed: 0, failed: 0 };
  for (const { taskId = "", events } of readers) {
    const journal = await journalOf(truth, taskId);
    found.push(...endedOnce(taskId, journal), ...shown(taskId, journal, events));
    const state = stateOf(journal.at(-1)?.data ?? "{}");
    ends[state === "TASK_STATE_COMPLETED" ? "completed" : "failed"]++;
    const lines = linesOf(journal);
    if (lines.some(({ number }, i) => number !== i + 1))
      found.push(`${taskId}: its lines are ${told(lines)}`);
  }
  return { ends, wrong: found };
}

const recoveryLimit = 15_000;

/** How long until a message is taken again, in milliseconds; far more than it may be when none is. */
export async function recovered(load: Load): Promise<number> {
  const from = performance.now();
  while (load.begunAt < from && load.working && performance.now() - from < 2 * recoveryLimit)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return load.begunAt < from ? Number.POSITIVE_INFINITY : performance.now() - from;
}

/** What is wrong with times that it took. */
export function tooSlow(recoveries: readonly number[]): string[] {
  return recoveries
    .filter((millis) => millis > recoveryLimit)
    .map((millis) => `it took ${Math.round(millis)} ms until a message was taken again`);
}
