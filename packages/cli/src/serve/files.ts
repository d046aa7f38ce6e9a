import type { Io } from "../io.js";
import { readLocal } from "../local-file.js";

/** The file that a flag names. @throws Failure A2ACLI_ERR_USAGE */
export async function readText(flag: string, path: string, io: Io): Promise<string> {
  return (await readLocal(flag, path, io.cwd)).toString("utf8");
}

/** A line at a time, with its number, without comments (#) and empty lines. */
export function wordsOfLines(text: string): { readonly number: number; readonly words: readonly string[] }[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const bare = line.replace(/(^|\s)#.*$/, "").trim();
    return bare === "" ? [] : [{ number: index + 1, words: bare.split(/\s+/) }];
  });
}
