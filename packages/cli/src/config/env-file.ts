/** The two `.env` files of CLI specification 8.3: one global, one found from the working directory upwards. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reasonOf } from "../local-file.js";
import { usage } from "../output/failure.js";

export interface EnvFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, string>;
  /** Number of the first line that says nothing, though it should. */
  readonly unread?: number | undefined;
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

/** The file of `--config`, which is ours: each of its lines counts. @throws Failure A2ACLI_ERR_USAGE when it cannot be read */
export function explicitFile(path: string, cwd: string): EnvFile {
  try {
    return read(resolve(cwd, path), /./);
  } catch (error) {
    throw usage(`--config: ${path} cannot be read (${reasonOf(error)})`);
  }
}

/** A `.env` is often shared with other programs: only what begins like a setting counts. */
function readIfPresent(path: string): EnvFile | undefined {
  try {
    return read(path, /^(export\s+)?A2ACLI_/);
  } catch {
    return undefined;
  }
}

/** @param ours Lines that should say something to us. */
function read(path: string, ours: RegExp): EnvFile {
  const values = new Map<string, string>();
  let unread: number | undefined;
  for (const [index, line] of readFileSync(path, "utf8").split(/\r?\n/).entries()) {
    const [, name, value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name?.startsWith("A2ACLI_")) values.set(name, unquote(value));
    else if (name === undefined && /^[^#]/.test(line.trim()) && ours.test(line.trim())) unread ??= index + 1;
  }
  return {
    path,
    values,
    unread,
    exposed: process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0,
  };
}

function unquote(text: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  return text.replace(/(^|\s)#.*$/, "").trim();
}
