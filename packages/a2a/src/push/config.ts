import type { PushConfig, StoredPushConfig } from "../ports/index.js";
import { A2AError, type FieldViolation, type TaskPushNotificationConfig } from "../protocol/index.js";
import { isSigningSecret, sharedSecret, tokenHeaders } from "../webhooks/signature.js";
import type { Post } from "./post.js";

const maxUrl = 2048;
const maxSecret = 4096;
const maxId = 256;

/** What may stand in a header value: visible ASCII, spaces inside. */
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const scheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Checks what a client asked for.
 * @param prefix Path of the configuration in the request, empty or ending with a dot.
 * @throws A2AError INVALID_PARAMS naming every wrong field
 */
export function checkConfig(config: TaskPushNotificationConfig, prefix: string, post: Post): void {
  const violations: FieldViolation[] = [];
  const wrong = (field: string, description: string) =>
    violations.push({ field: prefix + field, description });

  const objection = objectionTo(config.url) ?? post.objection?.(config.url);
  if (objection !== undefined) wrong("url", objection);
  if ((config.id ?? "").length > maxId) wrong("id", `longer than ${maxId} characters`);
  if (config.token && !fits(config.token)) wrong("token", "cannot be sent in a header");
  else if (config.token && !signs(config.token)) wrong("token", "whsec_ must be followed by base64");
  const { authentication } = config;
  if (authentication && !scheme.test(authentication.scheme)) {
    wrong("authentication.scheme", "not the name of an HTTP authentication scheme");
  }
  if (authentication?.credentials && !fits(authentication.credentials)) {
    wrong("authentication.credentials", "cannot be sent in a header");
  }
  if (violations.length === 0) return;
  const message = violations.map(({ field, description }) => `${field}: ${description}`).join("; ");
  throw new A2AError("INVALID_PARAMS", message, { violations });
}

function objectionTo(text: string): string | undefined {
  if (text.length > maxUrl) return `longer than ${maxUrl} characters`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return "not an absolute http or https URL";
  if (url.username !== "" || url.password !== "")
    return "credentials belong in authentication, not in the URL";
  return undefined;
}

function signs(token: string): boolean {
  try {
    sharedSecret(token);
    return true;
  } catch {
    return false;
  }
}

function fits(secret: string): boolean {
  return secret.length <= maxSecret && headerText.test(secret);
}

/** As operators see it: nothing that is, or may hold, a secret. */
export function withoutSecrets(config: StoredPushConfig): StoredPushConfig {
  const { id, taskId, url, tenant, version, authentication } = config;
  const scheme = authentication && { authentication: { scheme: authentication.scheme } };
  return {
    id,
    taskId,
    url: loggable(url),
    ...(tenant && { tenant }),
    ...(version && { version }),
    ...scheme,
  };
}

/** As clients get it back: no token, no credentials (spec 13.2). */
export function redacted(config: StoredPushConfig): TaskPushNotificationConfig {
  const { tenant, id, taskId, url, authentication } = config;
  return {
    ...(tenant && { tenant }),
    id,
    taskId,
    url,
    ...(authentication && { authentication: { scheme: authentication.scheme } }),
  };
}

/**
 * The headers of a notification that stay the same (spec 4.3.3): credentials, and the token in both headers that
 * receivers read. A token that is a signing secret only signs.
 */
export function headersOf({ version, token, authentication }: PushConfig): Record<string, string> {
  const headers: Record<string, string> = {
    "Content-Type": /^0\./.test(version ?? "") ? "application/json" : "application/a2a+json",
  };
  if (authentication?.credentials) {
    headers["Authorization"] = `${authentication.scheme} ${authentication.credentials}`;
  }
  if (token && !isSigningSecret(token)) for (const name of tokenHeaders) headers[name] = token;
  return headers;
}

/** A URL as logs may have it: queries carry secrets. */
export function loggable(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
