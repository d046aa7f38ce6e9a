/** The truth: what the store holds, read past all nodes, and what follows from it. */
import type { Store } from "@parley/a2a/ports";
import type { Line } from "../node/settings.js";
import { isTerminal, stateOf } from "./reader.js";
import type { SentEvent } from "./wire.js";

const readBytes = 4 * 1024 * 1024;

/** All entries of a task; none when it is not there. */
export async function journalOf({ journal }: Store, taskId: string): Promise<SentEvent[]> {
  const events: SentEvent[] = [];
  for (;;) {
    const entries = await journal.read(taskId, events.at(-1)?.id ?? 0, readBytes);
    if (entries === undefined) throw new Error(`${taskId}: entries were folded away`);
    if (entries.length === 0) return events;
    events.push(...entries.map(({ seq, json }) => ({ id: seq, data: json })));
  }
}

interface Lines {
  readonly artifactUpdate?: { readonly artifact: { readonly parts: readonly { readonly data: Line }[] } };
}

/** The lines that were written, in order. */
export function linesOf(events: readonly SentEvent[]): Line[] {
  return events.flatMap(({ data }) => {
    const { artifactUpdate } = JSON.parse(data) as Lines;
    return artifactUpdate?.artifact.parts.map((part) => part.data) ?? [];
  });
}

/** Lines for people: their numbers, and before each run's the node that it was on. */
export function told(lines: readonly Line[]): string {
  let last: string | undefined;
  return lines
    .map(({ number, node, run }) => {
      const by = run === last ? "" : `${node} (run ${run.slice(0, 4)}): `;
      last = run;
      return by + number;
    })
    .join(" ");
}

/** What is wrong with a task that should have ended: a journal without gaps, and one end, which is the last entry. */
export function endedOnce(taskId: string, journal: readonly SentEvent[]): string[] {
  const wrong: string[] = [];
  if (journal.length === 0) return [`${taskId} is lost`];
  if (journal.some(({ id }, i) => id !== i + 1))
    wrong.push(`${taskId}: entries ${journal.map(({ id }) => id)}`);
  const ends = journal.filter(({ data }) => isTerminal(stateOf(data)));
  if (ends.length !== 1 || ends[0] !== journal.at(-1))
    wrong.push(`${taskId} has ${ends.length} ends among ${journal.length} entries: ${journal.at(-1)?.data}`);
  return wrong;
}

/** What is wrong with a task that should be complete: each line once, in order, and runs that never come back. */
export function complete(taskId: string, journal: readonly SentEvent[], lines: number): string[] {
  const wrong = endedOnce(taskId, journal);
  if (journal.length === 0) return wrong;
  const state = stateOf(journal.at(-1)?.data ?? "");
  if (state !== "TASK_STATE_COMPLETED") wrong.push(`${taskId} is ${state}`);
  const written = linesOf(journal);
  if (written.length !== lines || written.some(({ number }, i) => number !== i + 1))
    wrong.push(`${taskId}: its lines are ${told(written)}`);
  const runs = written.map(({ run }) => run).filter((run, i, all) => run !== all[i - 1]);
  if (new Set(runs).size !== runs.length) wrong.push(`${taskId}: a run wrote after another had taken over`);
  return wrong;
}

/** What is wrong with what a reader saw: it is the journal from its first event on, byte by byte, as far as it came. */
export function shown(taskId: string, journal: readonly SentEvent[], seen: readonly SentEvent[]): string[] {
  const from = (seen[0]?.id ?? 1) - 1;
  for (const [i, { id, data }] of seen.entries()) {
    const stored = journal[from + i];
    if (id === stored?.id && data === stored.data) continue;
    return [
      `${taskId}: a reader's event ${id} was ${data}; the journal has there ${stored?.id} ${stored?.data}`,
    ];
  }
  return [];
}
