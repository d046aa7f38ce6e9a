/** How large tasks may become: what one event adds is known when it is recorded, so nothing is counted twice. */
import type { Entry, TaskEvent } from "../ports/index.js";
import { A2AError, isTerminal, type Message, type Part } from "../protocol/index.js";

/** Characters of JSON in one task unless told: well below what fits into one string, which V8 ends at 512 Mi. */
export const usualTaskSize = 300 * 1024 * 1024;

/** How a task ends has a place in a full one as long as it is said in so many characters. */
const lastWord = 2048;

/** What the event would make of its task is more than may be kept of one. */
export class TaskTooLarge extends A2AError {
  constructor(taskId: string, limit: number) {
    const most = limit.toLocaleString("en-US");
    super(
      "UNSUPPORTED_OPERATION",
      `The task would become too large: it may have ${most} characters with all its messages and artifacts`,
      { metadata: { taskId } },
    );
  }
}

/** Characters of content in an event, near enough to bound memory. */
export function contentSize(entry: Entry, { artifactUpdate }: TaskEvent): number {
  return artifactUpdate ? partsSize(artifactUpdate.artifact.parts, entry) : 0;
}

function partsSize(parts: readonly Part[], entry: Entry): number {
  let size = 0;
  for (const part of parts) size += partSize(part, entry);
  return size;
}

function partSize(part: Part, entry: Entry): number {
  if (part.data !== undefined) return typeof part.data === "object" ? written(entry) : 16;
  return (part.text ?? part.raw ?? part.url ?? "").length;
}

/** Characters that an event adds to its task: about, where it is short, and otherwise as it is written out. */
export function sizeOf(entry: Entry, event: TaskEvent, content: number): number {
  if (event.task) return frame + partsSize(event.task.history?.[0]?.parts ?? [], entry);
  return (
    (isPlain(event) ? frame + content : written(entry)) + (entry.message ? messageSize(entry.message) : 0)
  );
}

/** What an event has besides its content, about. */
const frame = 256;

/** Writing an event out costs more than anything else that is done with it, and not every store does it. */
function isPlain({ artifactUpdate, statusUpdate }: TaskEvent): boolean {
  if (statusUpdate) return !statusUpdate.status.message && !statusUpdate.metadata;
  if (!artifactUpdate || artifactUpdate.metadata) return false;
  const { parts, metadata, description, extensions } = artifactUpdate.artifact;
  return parts.length === 1 && !metadata && !description && !extensions && isShortText(parts[0] as Part);
}

/** Characters that take six in JSON make at most 1.7 times as much of it as is counted, which a string still holds. */
const isShortText = ({ text, metadata }: Part): boolean =>
  text !== undefined && text.length <= 100 && !metadata;

export const messageSize = (message: Message): number => JSON.stringify(message).length;

/** What is too long for a string is too long for any task. */
function written(entry: Entry): number {
  try {
    return entry.json.length;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** What a full task takes as well: that it is made, which is bounded as its request is, and that it ends. */
export const isFirstOrLast = ({ seq, state }: Entry, size: number): boolean =>
  seq === 1 || (size <= lastWord && state !== undefined && isTerminal(state));
