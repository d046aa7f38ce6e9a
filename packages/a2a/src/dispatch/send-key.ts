/** What names a send that is to be done once (docs/extensions/idempotent-send.md). */
import { canonicalJson } from "../codec/index.js";
import type { SendKey } from "../engine/index.js";
import { invalidField, type SendMessageRequest } from "../protocol/index.js";
import type { Call } from "./contract.js";
import { digest } from "./digest.js";

/** The header, or metadata of gRPC, that names one. */
const header = "idempotency-key";

/** Which sends are to be done once: those that say so, and, where a server wants that, all of them by their `messageId`. */
export type Idempotency = "messageId" | undefined;

export const isKeyed = (call: Call, idempotency: Idempotency): boolean =>
  idempotency !== undefined || call.header(header) !== undefined;

/**
 * How the answer is to be given may differ from one time to the next, what was sent may not.
 * @throws A2AError INVALID_PARAMS naming `Idempotency-Key`
 */
export async function sendKey(
  { message, metadata }: SendMessageRequest,
  owner: string,
  call: Call,
): Promise<SendKey> {
  const named = call.header(header);
  const { messageId } = message;
  return {
    field: named === undefined ? "message.messageId" : "Idempotency-Key",
    key: await digest(JSON.stringify([owner, named === undefined ? { messageId } : unquoted(named)])),
    hash: await digest(textOf({ message, metadata, taskName: call.taskName })),
  };
}

/** The draft of the header has it in quotation marks; most clients leave them out. */
function unquoted(named: string): string {
  const key = /^"(.*)"$/.exec(named)?.[1] ?? named;
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalidField("Idempotency-Key", "expected 1 to 255 printable characters of ASCII");
  return key;
}

function textOf(sent: object): string {
  try {
    return canonicalJson(sent);
  } catch {
    // It has half a surrogate pair in it, which has no canonical form.
    return JSON.stringify(sent);
  }
}
