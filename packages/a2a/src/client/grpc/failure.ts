/** What a call that failed means: the agent's error, or that there was no answer. */
import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { detailsKey, fromStatus, type GrpcClient } from "../../bindings/grpc/index.js";
import { TransportError } from "../transport-error.js";

/** Statuses that channels and proxies make up themselves when a connection cannot be had, or breaks. */
const broken: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.CANCELLED]);

/** The call that failed. */
export interface FailedCall {
  readonly origin: string;
  readonly signal: AbortSignal | undefined;
  readonly reason: GrpcClient["reason"];
}

/** @returns A2AError, TransportError or the signal's reason */
export function failureOf(
  { code, details: message, metadata }: ServiceError,
  { origin, signal, reason }: FailedCall,
  timeoutMs: number,
): unknown {
  if (signal?.aborted) return signal.reason;
  const given = { code, message, challenge: challengeOf(metadata), reason: reason(code, message) };
  const [details] = metadata.get(detailsKey);
  if (typeof details === "object") return fromStatus({ ...given, details });
  if (code === status.DEADLINE_EXCEEDED) {
    return new TransportError("timeout", `no answer from ${origin} within ${timeoutMs} ms`);
  }
  // A reset connection shows as INTERNAL; agents say that with details.
  if (broken.has(code) || (code === status.INTERNAL && /RST_STREAM|connection/i.test(message))) {
    return new TransportError("network", `${describe(message)} at ${origin}`);
  }
  return fromStatus(given);
}

function challengeOf(metadata: Metadata): string | undefined {
  const [challenge] = metadata.get("www-authenticate");
  return typeof challenge === "string" ? challenge : undefined;
}

/** grpc-js says at length what people know in two words. */
function describe(details: string): string {
  if (/ECONNREFUSED/.test(details)) return "connection refused";
  if (/ECONNRESET/.test(details)) return "connection reset";
  if (/ENOTFOUND|EAI_AGAIN|Name resolution failed/.test(details)) return "host not found";
  return details || "connection failed";
}
