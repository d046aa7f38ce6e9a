/** The errors of either binding, read back (spec 9.5, 11.6). `ErrorInfo.reason` decides; everything else is a fallback. */
import { A2AError, type ErrorReason, errors, type FieldViolation } from "../protocol/index.js";
import type { WireAnswer } from "./client.js";

type Json = Readonly<Record<string, unknown>>;

const rows = Object.entries(errors) as [ErrorReason, (typeof errors)[ErrorReason]][];

/** The first row of a JSON-RPC code is the one that is meant. */
const byCode = new Map(rows.map(([reason, { jsonrpc }]) => [jsonrpc as number, reason] as const).reverse());

/** Several errors share a status; the last row says the least. Until 1.0.0 two errors had one of their own. */
const byStatus = new Map<number, ErrorReason>([
  ...rows.map(([reason, { http }]) => [http, reason] as const),
  [409, "TASK_NOT_CANCELABLE"],
  [415, "CONTENT_TYPE_NOT_SUPPORTED"],
]);

/** What a gateway answers when the agent cannot be reached. */
const gatewayStatuses = [502, 504];

/**
 * The error of an answer.
 *
 * @param error The JSON-RPC error object, the google.rpc.Status, or the name of an error, as agents of 0.3 give it that
 * tell errors by their classes; anything else when there is none.
 * @param answer The HTTP answer that carried it; none for an event of a stream.
 */
export function readError(error: unknown, answer?: WireAnswer): A2AError {
  if (error === undefined && answer !== undefined && answer.status < 400) {
    // Neither an error nor what was asked for, such as a 204, or a 304 to a request without conditions.
    return new A2AError("INVALID_AGENT_RESPONSE", `HTTP ${answer.status}`);
  }
  const body = asObject(error);
  const details = body.data ?? body.details;
  const info = detail(details, "ErrorInfo");
  const reason = byName(error) ?? reasonOf(info.reason, body, answer?.status);
  return new A2AError(reason, messageOf(body, answer), {
    violations: asList(detail(details, "BadRequest").fieldViolations).map(toViolation),
    metadata: toMetadata(info.metadata),
    retryAfter: retryAfterOf(detail(details, "RetryInfo").retryDelay, answer?.headers),
    challenge: answer?.headers.get("www-authenticate") ?? undefined,
  });
}

function byName(error: unknown): ErrorReason | undefined {
  if (typeof error !== "string") return undefined;
  const name = error.slice(error.lastIndexOf(".") + 1);
  return rows.find((row) => row[1].name === name)?.[0];
}

function reasonOf(reason: unknown, { code, status }: Json, http: number | undefined): ErrorReason {
  if (typeof reason === "string" && Object.hasOwn(errors, reason)) return reason as ErrorReason;
  const coded = typeof code === "number" ? byCode.get(code) : undefined;
  if (coded !== undefined) return coded;
  if (status === errors.TASK_NOT_FOUND.grpc) return "TASK_NOT_FOUND";
  const effective = http ?? (typeof code === "number" ? code : 0);
  if (gatewayStatuses.includes(effective)) return "UNAVAILABLE";
  return byStatus.get(effective) ?? "INTERNAL_ERROR";
}

function messageOf({ message }: Json, answer: WireAnswer | undefined): string | undefined {
  if (typeof message === "string" && message !== "") return message;
  return answer && answer.status >= 400 ? `HTTP ${answer.status}` : undefined;
}

/** The first detail of a google.rpc type. Before 1.0 one object is all of them. */
function detail(details: unknown, type: string): Json {
  if (!Array.isArray(details)) return asObject(details);
  return asList(details).find((each) => String(each["@type"]).endsWith(`google.rpc.${type}`)) ?? {};
}

function toViolation({ field, description }: Json): FieldViolation {
  return { field: String(field ?? ""), description: String(description ?? "") };
}

function toMetadata(metadata: unknown): Record<string, string> {
  const entries = Object.entries(asObject(metadata));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Seconds, from RetryInfo ("1.5s") or `Retry-After` (seconds or a date). */
function retryAfterOf(delay: unknown, headers: Headers | undefined): number | undefined {
  const header = headers?.get("retry-after") ?? "";
  const [, seconds] = /^(\d{1,9}(?:\.\d+)?)s?$/.exec(header || String(delay)) ?? [];
  if (seconds !== undefined) return Number(seconds);
  const date = header === "" ? Number.NaN : Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

export function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** @throws A2AError INVALID_AGENT_RESPONSE */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new A2AError("INVALID_AGENT_RESPONSE", "The agent's answer is not JSON", { cause });
  }
}

/** Undefined for what is not JSON: the page of a proxy, nothing at all. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
