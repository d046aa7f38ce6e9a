/** How keys and entries are written as text. */
import { Entry } from "../../ports/index.js";
import type { Message } from "../../protocol/index.js";

const unsafe = /^"|[\0\p{Surrogate}]/u;

/** A key as stored: as it is, unless a binding would not hand it back so (NUL, lone surrogates). */
export const toKey = (text: string): string => (unsafe.test(text) ? JSON.stringify(text) : text);

export const fromKey = (key: string): string => (key.startsWith('"') ? (JSON.parse(key) as string) : key);

/** Rows are cut at this many characters, so that readers can go in steps. */
const rowLimit = 32 * 1024;

export interface Row {
  /** Number of the row's last entry. */
  readonly seq: number;
  readonly body: string;
}

/** Entries as rows of lines: an event's JSON, with `>` and the user's message on the line before where there is one. */
export function toRows(entries: readonly Entry[]): Row[] {
  const rows: Row[] = [];
  let body = "";
  entries.forEach((entry, i) => {
    if (body !== "") body += "\n";
    if (entry.message) body += `>${JSON.stringify(entry.message)}\n`;
    body += entry.json;
    if (body.length >= rowLimit || i === entries.length - 1) {
      rows.push({ seq: entry.seq, body });
      body = "";
    }
  });
  return rows;
}

export function toEntries({ seq, body }: Row): Entry[] {
  const entries: Entry[] = [];
  const lines = body.split("\n");
  let at = seq + 1 - lines.filter((line) => !line.startsWith(">")).length;
  let message: Message | undefined;
  for (const line of lines) {
    if (line.startsWith(">")) {
      message = JSON.parse(line.slice(1)) as Message;
    } else {
      entries.push(new Entry(at++, line, message));
      message = undefined;
    }
  }
  return entries;
}
