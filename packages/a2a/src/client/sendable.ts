/** What can be sent: from a plain string to a whole request. */
import type { Message, Part, SendMessageRequest } from "../protocol/index.js";
import type { SendOptions } from "./options.js";

/** Text, one part or several, a Message, or a whole SendMessageRequest. */
export type Sendable = string | Part | readonly Part[] | Message | SendMessageRequest;

/** The request for it; ids that are missing are made. */
export function toSendMessageRequest(sendable: Sendable, options: SendOptions): SendMessageRequest {
  if (typeof sendable === "object" && "message" in sendable) return sendable;
  const { configuration, metadata } = options;
  return { message: toMessage(sendable, options), configuration, metadata };
}

function toMessage(sendable: string | Part | readonly Part[] | Message, options: SendOptions): Message {
  if (typeof sendable === "object" && "parts" in sendable) return sendable;
  const { taskId, contextId } = options;
  return { messageId: newId(), role: "ROLE_USER", taskId, contextId, parts: toParts(sendable) };
}

function toParts(sendable: string | Part | readonly Part[]): Part[] {
  if (typeof sendable === "string") return [{ text: sendable }];
  return "length" in sendable ? [...sendable] : [sendable];
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that are not served over HTTPS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
