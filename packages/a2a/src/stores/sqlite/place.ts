/** Where the file lies, who may read it, and which process has it. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";

/** The path of a store without a file. */
export const inMemory = ":memory:";

/** The same whatever becomes of the working directory, and never a URI, whose parameters could turn SQLite's locks off. */
export const placeOf = (path: string) => (path === inMemory ? path : resolve(path));

/**
 * Creates the file, readable by its owner alone: it holds the secrets of push notification configurations.
 * One that is there is not opened: closing it again would give up the locks that this process may have on it.
 */
export function touch(path: string): void {
  if (path === inMemory) return;
  makeFolder(dirname(path));
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  else closeSync(openSync(path, "a", 0o600));
}

/** Also on disk: SQLite waits for what is in a folder, but not for the folder itself. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) sync(dirname(made));
}

function sync(folder: string): void {
  // Some systems open no folders.
  const fd = ifPossible(() => openSync(folder, "r"));
  if (fd === undefined) return;
  ifPossible(() => fsyncSync(fd));
  closeSync(fd);
}

/**
 * Says which process has the file. The lock itself is SQLite's and ends with the process, however it ends; this is for
 * a message, so that a full disk, for example, is no reason not to open what can be read.
 */
const pidFile = (path: string) => `${path}.pid`;

export function nameHolder(path: string): void {
  if (path !== inMemory) ifPossible(() => writeFileSync(pidFile(path), `${process.pid}\n`));
}

export function forgetHolder(path: string): void {
  if (path !== inMemory) ifPossible(() => rmSync(pidFile(path), { force: true }));
}

/** For a message: the process in parentheses, or nothing. */
export function holderOf(path: string): string {
  const pid = ifPossible(() => readFileSync(pidFile(path), "utf8").trim());
  return pid ? ` (pid ${pid})` : "";
}

function ifPossible<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
