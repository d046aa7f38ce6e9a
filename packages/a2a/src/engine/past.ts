/** What a run leaves in the store for the one that may have to begin again where it was, and how that reads it. */
import type { Entry, Journal, Note } from "../ports/index.js";
import type { Message, SendMessageRequest } from "../protocol/index.js";
import type { Caller } from "./context.js";

/** How a run was begun. */
interface Beginning {
  /** The entry that brought the message; of an interjection, the first that can have. */
  readonly begun: number;
  readonly sent: SendMessageRequest;
  readonly caller: Caller;
}

/** What is known of a run that is begun again. */
export interface Past extends Beginning {
  /** Messages that came after the one it began with, up to entry `upTo`. */
  readonly messages: Message[];
  readonly upTo: number;
  /** It was handed over before it had begun. */
  readonly queued: boolean;
  /** How often it was begun again lately because the store had failed. */
  readonly times: number;
  /** Results of effects, as JSON, by their turn and key. */
  readonly effects: ReadonlyMap<string, string>;
}

/** How often a run was begun again, and when last, in milliseconds since 1970. */
interface Attempts {
  readonly times: number;
  readonly at: number;
}

const beginning = "beginning";
const attempts = "attempts";
/** Of a run that was handed over before it began: any agent can begin it. */
const queued = "queued";
const effect = "effect:";

/** Replaces that of the turn before. */
export const beginningNote = (begun: number, sent: SendMessageRequest, caller: Caller): Note => ({
  key: beginning,
  json: JSON.stringify({ begun, sent, caller } satisfies Beginning),
});

export const queuedNote = (begun: number, sent: SendMessageRequest, caller: Caller): Note => ({
  ...beginningNote(begun, sent, caller),
  key: queued,
});

/** Kept before the run is begun again: a store that takes it may take more. */
export const attemptNote = (times: number): Note => ({
  key: attempts,
  json: JSON.stringify({ times, at: Date.now() } satisfies Attempts),
});

/** Attempts that are so long ago say nothing of the next one, in milliseconds. */
const lately = 600_000;

function timesIn(notes: readonly Note[]): number {
  const kept = notes.find(({ key }) => key === attempts);
  if (kept === undefined) return 0;
  const { times, at } = JSON.parse(kept.json) as Attempts;
  return Date.now() - at < lately ? times : 0;
}

/** It has begun, and is like any other. */
export const noLongerQueued: Note = { key: queued, json: "null" };

/** @param state Empty when the effect begins. */
export const effectNote = (name: string, state: { done?: boolean; result?: unknown }): Note => ({
  key: effect + name,
  json: JSON.stringify(state),
});

/**
 * Undefined when the task's run left nothing to begin again with.
 * @param resumable Whether the agent can begin again what it had begun.
 */
export async function readPast(journal: Journal, id: string, resumable: boolean): Promise<Past | undefined> {
  const notes = await journal.notes(id);
  const waited = notes.find(({ key, json }) => key === queued && json !== noLongerQueued.json);
  const kept = waited ?? (resumable ? notes.find(({ key }) => key === beginning) : undefined);
  if (kept === undefined) return undefined;
  const began = JSON.parse(kept.json) as Beginning;
  const { begun, messages, upTo } = await readMessages(journal, id, began);
  const effects = new Map<string, string>();
  for (const { key, json } of notes) {
    if (!key.startsWith(effect)) continue;
    const { done, result } = JSON.parse(json) as { done?: boolean; result?: unknown };
    if (done) effects.set(key.slice(effect.length), JSON.stringify(result) ?? "null");
  }
  return { ...began, begun, messages, upTo, effects, queued: waited !== undefined, times: timesIn(notes) };
}

/** The entry that began the run, and the messages after it. */
async function readMessages(journal: Journal, id: string, { begun, sent }: Beginning) {
  const messages: Message[] = [];
  // The first entry of a task is the Task, with the message in it.
  let found = begun === 1 ? begun : 0;
  for (let seq = begun - 1; ; ) {
    const entries = await journal.read(id, seq, readBytes);
    if (entries === undefined || entries.length === 0)
      return { begun: found || begun, messages, upTo: Math.max(seq, begun) };
    for (const { message, seq: at } of entries) {
      if (found > 0 && message) messages.push(message);
      else if (message?.messageId === sent.message.messageId) found = at;
    }
    seq = (entries.at(-1) as Entry).seq;
  }
}

/** How much of a task is read at once, in bytes. */
const readBytes = 1024 * 1024;
