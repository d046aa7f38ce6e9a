import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";

/** The file that a flag names. @throws Failure A2ACLI_ERR_USAGE */
export async function readText(flag: string, path: string, io: Io): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), "utf8");
  } catch {
    throw usage(`${flag}: ${path} cannot be read`);
  }
}

/** A line at a time, with its number, without comments (#) and empty lines. */
export function wordsOfLines(text: string): { readonly number: number; readonly words: readonly string[] }[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const bare = line.replace(/(^|\s)#.*$/, "").trim();
    return bare === "" ? [] : [{ number: index + 1, words: bare.split(/\s+/) }];
  });
}
