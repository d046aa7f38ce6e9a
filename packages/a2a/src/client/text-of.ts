/** The text in what agents answer. */
import type {
  Artifact,
  Message,
  Part,
  SendMessageResponse,
  StreamResponse,
  Task,
} from "../protocol/index.js";

/**
 * The text of a message, an artifact, a task (of its artifacts, or else of its status message), or of a whole
 * answer or stream event. Parts that are not text are left out; an empty string when there is none.
 */
export function textOf(value: Message | Artifact | Task | SendMessageResponse | StreamResponse): string {
  if ("parts" in value) return textOfParts(value.parts);
  if ("status" in value) return textOfTask(value);
  if (value.message) return textOfParts(value.message.parts);
  if (value.task) return textOfTask(value.task);
  if ("artifactUpdate" in value && value.artifactUpdate)
    return textOfParts(value.artifactUpdate.artifact.parts);
  if ("statusUpdate" in value && value.statusUpdate)
    return textOfParts(value.statusUpdate.status.message?.parts);
  return "";
}

function textOfTask({ artifacts, status }: Task): string {
  const texts = (artifacts ?? []).map(textOf).filter((text) => text !== "");
  return texts.length > 0 ? texts.join("\n") : textOfParts(status.message?.parts);
}

/** Nothing between parts: appended chunks are parts, too. */
function textOfParts(parts: readonly Part[] = []): string {
  return parts.map((part) => part.text ?? "").join("");
}
