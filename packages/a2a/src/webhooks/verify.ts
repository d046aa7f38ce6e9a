import { check, decodeBase64 } from "../codec/index.js";
import type { MaybePromise, TaskEvent } from "../ports/index.js";
import { WebhookError } from "./errors.js";
import { type JwksOptions, keysAt, keysOf, type PublicKeys } from "./jwks.js";
import { bodyOf, header, type WebhookRequest } from "./request.js";
import type { Seen } from "./seen.js";
import {
  type Ed25519Jwk,
  type Jwks,
  publicKey,
  type Signing,
  sharedSecret,
  signedContent,
  tokenHeaders,
  webhookHeaders,
} from "./signature.js";

export interface VerifyOptions extends JwksOptions {
  /** The token of the configuration, which signs: any of these. Best one that begins with `whsec_`, which never travels. */
  readonly secret?: string | Uint8Array<ArrayBuffer> | readonly (string | Uint8Array<ArrayBuffer>)[];
  /** Public keys of the sender: a set, or the URL of one, such as the agent's `/.well-known/jwks.json`. */
  readonly jwks?: Jwks | string;
  /** A public key of the sender: `whpk_` and base64, or a JSON Web Key. */
  readonly publicKey?: string | Ed25519Jwk;
  /** The token of the configuration, expected in the token header: for senders that do not sign. */
  readonly token?: string;
  /** How old a webhook may be, or how far ahead the sender's clock, in milliseconds; 5 minutes unless told. */
  readonly tolerance?: number;
  /** Which webhooks were handled already. They are sent again when an answer was lost, or by somebody who recorded them. */
  readonly seen?: Pick<Seen, "has">;
  /** Which tasks are expected (spec 4.3.3 has receivers check). */
  readonly taskId?: string | ((taskId: string) => MaybePromise<boolean>);
  /** Largest body, in bytes; 10 MB unless told. */
  readonly maxBytes?: number;
  /** Milliseconds since 1970; the clock unless told. */
  readonly now?: () => number;
}

/** A webhook that is what it says it is. */
export interface Notification {
  /** The same each time this event is sent. */
  readonly id: string;
  readonly taskId: string;
  readonly event: TaskEvent;
  /** `seen` has it: answer with 2xx and do nothing. */
  readonly duplicate: boolean;
}

export type Verify = (request: WebhookRequest) => Promise<Notification>;

/**
 * Checks one webhook: its signature, its age, whether it was seen, whether its task is expected.
 * Reads the body, which nobody may have read before (hand in `{ headers, body }` if somebody has to).
 *
 * @throws WebhookError, whose `status` is what to answer
 * @throws TypeError when `options` say nothing to authenticate it by
 * @example
 * const { event } = await verifyWebhook(request, { secret: "whsec_...", taskId: task.id });
 */
export function verifyWebhook(request: WebhookRequest, options: VerifyOptions): Promise<Notification> {
  return createVerifier(options)(request);
}

/** `verifyWebhook` for many: keys are made ready, and fetched, once. @throws TypeError as `verifyWebhook` */
export function createVerifier(options: VerifyOptions): Verify {
  const { tolerance = 300_000, maxBytes = 10_000_000, now = Date.now } = options;
  const authenticate = authenticator(options);
  return async (request) => {
    const body = await bodyOf(request, maxBytes);
    const id = header(request, webhookHeaders.id) ?? "";
    const timestamp = header(request, webhookHeaders.timestamp) ?? "";
    await authenticate(request, signedContent(id, timestamp, body));
    if (id === "" || !/^\d{1,12}$/.test(timestamp)) {
      throw new WebhookError("MALFORMED", `${webhookHeaders.id} or ${webhookHeaders.timestamp} is missing`);
    }
    if (Math.abs(now() - Number(timestamp) * 1000) > tolerance) {
      throw new WebhookError("TOO_OLD", "The webhook was signed too long ago, or in the future");
    }
    const event = eventOf(body);
    const taskId = event.task?.id ?? (event.statusUpdate ?? event.artifactUpdate)?.taskId ?? "";
    const expected =
      typeof options.taskId === "function" ? await options.taskId(taskId) : options.taskId === taskId;
    if (options.taskId !== undefined && !expected) {
      throw new WebhookError("UNEXPECTED_TASK", "No such task is expected here");
    }
    return { id, taskId, event, duplicate: (await options.seen?.has(id)) ?? false };
  };
}

function eventOf(body: string): TaskEvent {
  try {
    const event = check("StreamResponse", JSON.parse(body));
    if (event.message === undefined) return event;
  } catch {
    // Said below.
  }
  throw new WebhookError("MALFORMED", "The body is not an event of a task");
}

type Authenticate = (request: WebhookRequest, content: Uint8Array<ArrayBuffer>) => Promise<void>;

function authenticator(options: VerifyOptions): Authenticate {
  const { secret, token } = options;
  const secrets = secret === undefined ? [] : Array.isArray(secret) ? secret : [secret];
  const fixed: Signing[] = secrets.map((each) => sharedSecret(each));
  if (options.publicKey !== undefined) fixed.push(publicKey(options.publicKey));
  const looked = lookedUp(options);
  const signs = fixed.length > 0 || looked !== undefined;
  if (!signs && token === undefined) {
    throw new TypeError("Say by what a webhook is authenticated: secret, publicKey, jwks or token");
  }
  return async (request, content) => {
    if (token !== undefined && !(await hasToken(request, token))) {
      throw new WebhookError("NOT_AUTHENTIC", "The token of the webhook is missing or another");
    }
    if (!signs) return;
    const signatures = (header(request, webhookHeaders.signature) ?? "").split(" ");
    if (await fits(signatures, content, fixed)) return;
    if (looked !== undefined) {
      if (await fits(signatures, content, await looked(false))) return;
      if (await fits(signatures, content, await looked(true))) return;
    }
    throw new WebhookError("NOT_AUTHENTIC", "No signature of the webhook fits");
  };
}

function lookedUp({ jwks, ...options }: VerifyOptions): PublicKeys | undefined {
  if (typeof jwks === "string") return keysAt(jwks, options);
  if (jwks === undefined) return undefined;
  const keys = Promise.resolve(keysOf(jwks));
  return () => keys;
}

async function fits(
  signatures: readonly string[],
  content: Uint8Array<ArrayBuffer>,
  keys: readonly Signing[],
): Promise<boolean> {
  for (const text of signatures) {
    const comma = text.indexOf(",");
    const signature = bytesOf(text.slice(comma + 1));
    if (signature === undefined) continue;
    for (const key of keys) {
      if (key.version === text.slice(0, comma) && (await key.verify(content, signature))) return true;
    }
  }
  return false;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}

/** Compared as HMACs of both, whose comparison tells nothing by the time it takes. */
async function hasToken(request: WebhookRequest, token: string): Promise<boolean> {
  const given = tokenHeaders.map((name) => header(request, name)).find((value) => value !== undefined);
  const compare = sharedSecret(crypto.getRandomValues(new Uint8Array(32)));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const expected = new Uint8Array(await compare.sign(bytes(token)));
  return given !== undefined && compare.verify(bytes(given), expected);
}
