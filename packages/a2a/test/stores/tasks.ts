/** Tasks and appends to try a store with. */
import type { Append, Journal, TaskEvent, TaskHead } from "../../src/ports/index.js";
import { Entry } from "../../src/ports/index.js";
import type { Message, TaskState } from "../../src/protocol/index.js";

export const time = (millis: number) => new Date(millis).toISOString();

export const created = (id: string, contextId: string, state: TaskState, millis: number): TaskEvent => ({
  task: {
    id,
    contextId,
    status: { state, timestamp: time(millis) },
    history: [{ messageId: `${id}-1`, role: "ROLE_USER", parts: [{ text: "hello" }] }],
  },
});

export const moved = (id: string, contextId: string, state: TaskState, millis: number): TaskEvent => ({
  statusUpdate: { taskId: id, contextId, status: { state, timestamp: time(millis) } },
});

export const chunk = (id: string, contextId: string, text: string, append: boolean): TaskEvent => ({
  artifactUpdate: { taskId: id, contextId, append, artifact: { artifactId: "a", parts: [{ text }] } },
});

export const userMessage = (n: number): Message => ({
  messageId: `m${n}`,
  role: "ROLE_USER",
  parts: [{ text: `more\n${n} é😀` }],
});

export interface Wanted {
  readonly id: string;
  readonly contextId?: string;
  readonly owner?: string;
  readonly state?: TaskState;
  readonly millis?: number;
}

/** The append that creates a task with a single entry. */
export function creation({
  id,
  contextId = `c-${id}`,
  owner = "alice",
  state = "TASK_STATE_SUBMITTED",
  millis = 1000,
}: Wanted): Append {
  const head: TaskHead = { id, contextId, owner, state, statusMillis: millis, seq: 1 };
  return { head, expected: 0, entries: [new Entry(1, created(id, contextId, state, millis))] };
}

/** The append that moves a task on from `head`. */
export function move(head: TaskHead, state: TaskState, millis: number): Append {
  const { id, contextId, seq } = head;
  return {
    head: { ...head, state, statusMillis: millis, seq: seq + 1 },
    expected: seq,
    entries: [new Entry(seq + 1, moved(id, contextId, state, millis))],
  };
}

/** All entries after a position, however many reads that takes. */
export async function readAll(
  journal: Journal,
  id: string,
  after: number,
  maxBytes: number,
): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let at = after; ; ) {
    const entries = await journal.read(id, at, maxBytes);
    if (entries === undefined) throw new Error(`entries after ${at} are gone`);
    if (entries.length === 0) return all;
    all.push(...entries);
    at = entries.at(-1)?.seq ?? at;
  }
}

export const plain = (entries: readonly Entry[]) =>
  entries.map(({ seq, json, message }) => ({ seq, json, message }));
