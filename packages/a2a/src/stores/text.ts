/** How keys, states and entries are written in a database. */
import { Entry } from "../ports/index.js";
import { enums, type Message, type TaskState } from "../protocol/index.js";

const unsafe = /^"|[\0\p{Surrogate}]/u;

/** A key as stored: as it is, unless a binding would not hand it back so (NUL, lone surrogates). */
export const toKey = (text: string): string => (unsafe.test(text) ? JSON.stringify(text) : text);

export const fromKey = (key: string): string => (key.startsWith('"') ? (JSON.parse(key) as string) : key);

/** The number a state is stored as: the protocol's own. */
export const stateNumbers = Object.fromEntries(
  Object.entries(enums.TaskState?.values ?? {})
    .filter(([, { number }]) => number > 0)
    .map(([name, { number }]) => [name, number]),
) as Readonly<Record<TaskState, number>>;

export const stateNames: readonly TaskState[] = Object.entries(stateNumbers).reduce<TaskState[]>(
  (names, [name, number]) => {
    names[number] = name as TaskState;
    return names;
  },
  [],
);

/** Rows are cut at this many characters, so that readers can go in steps. */
const rowLimit = 32 * 1024;

export interface Row {
  /** Number of the row's last entry. */
  readonly seq: number;
  readonly body: string;
}

export interface NewRow extends Row {
  /** Nothing but artifacts and pieces of them is in it. */
  readonly artifactsOnly: boolean;
}

/** Entries as rows of lines: an event's JSON, with `>` and the user's message on the line before where there is one. */
export function toRows(entries: readonly Entry[]): NewRow[] {
  const rows: NewRow[] = [];
  let body = "";
  let artifactsOnly = true;
  const cut = (seq: number) => {
    if (body !== "") rows.push({ seq, body, artifactsOnly });
    body = "";
    artifactsOnly = true;
  };
  for (const entry of entries) {
    // A large artifact gets rows of its own, which readers of everything else pass over.
    if (entry.json.length >= rowLimit) cut(entry.seq - 1);
    if (body !== "") body += "\n";
    if (entry.message) body += `>${JSON.stringify(entry.message)}\n`;
    body += entry.json;
    artifactsOnly &&= entry.artifactOnly;
    if (body.length >= rowLimit) cut(entry.seq);
  }
  cut(entries.at(-1)?.seq ?? 0);
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
