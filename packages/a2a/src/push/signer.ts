import type { StoredPushConfig } from "../ports/index.js";
import {
  type Signing,
  sharedSecret,
  signatureOf,
  signedContent,
  webhookHeaders,
} from "../webhooks/signature.js";

/** Gives the headers of one attempt at one entry. */
export type Sign = (seq: number, body: string) => Promise<Record<string, string>>;

/**
 * Signs the webhooks of one configuration: with its token, if it has one, and with the server's own keys.
 * The id is the same for every attempt at an entry; the time is the attempt's.
 */
export function signerFor({ taskId, id, token }: StoredPushConfig, keys: readonly Signing[]): Sign {
  const signings = token ? [sharedSecret(token), ...keys] : keys;
  let prefix: Promise<string> | undefined;
  return async (seq, body) => {
    prefix ??= prefixOf(taskId, id);
    const webhookId = `${await prefix}_${seq}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = { [webhookHeaders.id]: webhookId, [webhookHeaders.timestamp]: timestamp };
    if (signings.length === 0) return headers;
    const content = signedContent(webhookId, timestamp, body);
    const signatures = await Promise.all(signings.map((signing) => signatureOf(signing, content)));
    return { ...headers, [webhookHeaders.signature]: signatures.join(" ") };
  };
}

/** Ids are any text; a header and the signed content want one without dots, and no longer than it must be. */
async function prefixOf(taskId: string, id: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([taskId, id]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return `msg_${hex.join("")}`;
}
