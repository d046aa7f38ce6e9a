/** What every script needs: the commands with their words, options and values, from the two tables. */
import { commands, groups } from "../commands/index.js";
import { globalNames, type OptionName } from "../config/index.js";

export interface Word {
  readonly word: string;
  readonly summary: string;
}

export interface Leaf {
  readonly path: string;
  readonly summary: string;
  readonly options: readonly OptionName[];
  readonly choices: readonly string[];
  readonly files: boolean;
}

export const leaves: readonly Leaf[] = commands.map((row) => ({
  path: row.path.join(" "),
  summary: row.summary,
  options: row.options.length > 0 ? row.options : [],
  choices: row.arguments?.flatMap((argument) => argument.choices ?? []) ?? [],
  files: row.arguments?.some((argument) => argument.complete === "file") ?? false,
}));

/** First words, in the order of the table, then `help`. */
export function firstWords(): Word[] {
  const words = new Map<string, string>();
  for (const row of commands) words.set(row.path[0], groups[row.path[0]] ?? row.summary);
  words.set("help", "Show usage of the tool or of a command");
  return [...words].map(([word, summary]) => ({ word, summary }));
}

/** What may follow the words of a group, such as `task`. */
export function wordsAfter(group: string): Word[] {
  const before = group.split(" ");
  const words = new Map<string, string>();
  for (const { path, summary } of commands) {
    const word = path[before.length];
    if (word === undefined || !before.every((each, i) => path[i] === each)) continue;
    words.set(word, groups[`${group} ${word}`] ?? summary);
  }
  return [...words].map(([word, summary]) => ({ word, summary }));
}

/** Every option that some command shows, and the global ones. */
export const allNames = [...new Set([...leaves.flatMap((leaf) => leaf.options), ...globalNames])];

export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
