import type { StoredPushConfig } from "../ports/index.js";
import { A2AError, type FieldViolation, type TaskPushNotificationConfig } from "../protocol/index.js";
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

function fits(secret: string): boolean {
  return secret.length <= maxSecret && headerText.test(secret);
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

/** The headers of a notification (spec 4.3.3). The token travels in the header that receivers commonly read. */
export function headersOf(config: StoredPushConfig): Record<string, string> {
  const current = config.version === undefined;
  const headers: Record<string, string> = {
    "Content-Type": current ? "application/a2a+json" : "application/json",
  };
  const { token, authentication } = config;
  if (authentication?.credentials) {
    headers["Authorization"] = `${authentication.scheme} ${authentication.credentials}`;
  }
  if (token) headers["X-A2A-Notification-Token"] = token;
  return headers;
}

/** A URL as logs may have it: queries carry secrets. */
export function loggable(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
