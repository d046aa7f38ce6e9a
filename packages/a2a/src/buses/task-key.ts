/** What a task is called on a bus: short, and in letters that neither subjects nor payloads take for their own. */
import { createHash } from "node:crypto";

/** The id itself where it can be, which is so for ids that Parley gives; else a digest of it. */
export function taskKey(taskId: string): string {
  if (/^[\w-]{1,64}$/.test(taskId)) return taskId;
  return `~${createHash("sha256").update(taskId, "utf8").digest("base64url")}`;
}
