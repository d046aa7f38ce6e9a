/** Files of the user: paths and `file://` URLs, and one way to say why one of them cannot be read. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Failure, usage } from "./output/failure.js";

/**
 * `~/` is home in a settings file too, where no shell says so.
 * @throws Failure A2ACLI_ERR_USAGE for a `file://` URL that is no path on this machine
 */
export function localPath(reference: string, cwd: string): string {
  if (!/^file:\/\//i.test(reference))
    return resolve(
      cwd,
      reference.replace(/^~(?=[/\\])/, () => homedir()),
    );
  try {
    return fileURLToPath(reference);
  } catch {
    throw usage(
      `${reference} is no file on this machine`,
      "Write it like file:///folder/file, or as a path.",
    );
  }
}

/**
 * @param what The flag that names the file, for the message.
 * @throws Failure A2ACLI_ERR_USAGE when it cannot be read
 */
export async function readLocal(what: string, reference: string, cwd: string): Promise<Buffer> {
  const path = localPath(reference, cwd);
  try {
    return await readFile(path);
  } catch (error) {
    throw usage(`${what}: ${reference} cannot be read (${reasonOf(error)})`);
  }
}

/** @param what The flag that names the file or folder. */
export function notWritten(what: string, reference: string, error: unknown): Failure {
  return usage(`${what}: ${reference} cannot be written (${reasonOf(error)})`);
}

/** In words, where the system only has a code. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EEXIST") return "it is not a folder";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
