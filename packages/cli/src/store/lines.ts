/** Lines of JSON on their way into a store or out of it. */
import type { Context } from "../context.js";

/** The lines of a text that comes in pieces. Only \n ends one: JSON may have other separators in it. */
export async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const piece of source) {
    const text = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    const [rest = "", ...others] = text.split("\n");
    begun.push(rest);
    for (const next of others) {
      yield begun.join("");
      begun = [next];
    }
  }
  const last = begun.join("") + decoder.decode();
  if (last !== "") yield last;
}

/** How many tasks have passed. */
export interface Count {
  tasks: number;
}

/** Tasks between two words of progress. */
const told = 10_000;

/** The same lines, until the user wants to stop; tells people now and then how many tasks there were. */
export async function* counted(
  lines: AsyncIterable<string>,
  { io, diagnostics }: Context,
  count: Count,
): AsyncGenerator<string, void> {
  for await (const line of lines) {
    io.signal.throwIfAborted();
    if (line.startsWith('{"task":') && ++count.tasks % told === 0)
      diagnostics.progress(`${count.tasks} tasks so far`);
    yield line;
  }
}

const pieceLength = 64 * 1024;

/** Lines in pieces that are worth a write. */
export async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  let text = "";
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < pieceLength) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
