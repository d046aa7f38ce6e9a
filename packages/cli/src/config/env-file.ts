/** The two `.env` files of CLI specification 8.3: one global, one found from the working directory upwards. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { usage } from "../output/failure.js";

export interface EnvFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, string>;
  /** Others on this machine can read it. */
  readonly exposed: boolean;
}

/** `~/.config/a2a-cli/.env`, undefined when there is none. */
export function globalFile(home: string): EnvFile | undefined {
  return readIfPresent(join(home, ".config", "a2a-cli", ".env"));
}

/** The nearest `.env` at or above `cwd`. */
export function localFile(cwd: string): EnvFile | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = readIfPresent(join(folder, ".env"));
    if (file !== undefined || folder === dirname(folder)) return file;
  }
}

/** The file of `--config`. @throws Failure A2ACLI_ERR_USAGE when it cannot be read */
export function explicitFile(path: string, cwd: string): EnvFile {
  const file = readIfPresent(resolve(cwd, path));
  if (file === undefined) throw usage(`the settings file ${path} cannot be read`);
  return file;
}

function readIfPresent(path: string): EnvFile | undefined {
  try {
    const values = parse(readFileSync(path, "utf8"));
    return { path, values, exposed: process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0 };
  } catch {
    return undefined;
  }
}

/** Only `A2ACLI_` lines count: a `.env` is often shared with other programs. */
function parse(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?(A2ACLI_[A-Z0-9_]+)\s*=\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], unquote(match[2] ?? ""));
  }
  return values;
}

function unquote(text: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  return text.replace(/(^|\s)#.*$/, "").trim();
}
