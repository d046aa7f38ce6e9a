/// <reference lib="es2024.string" />
/** An A2AError as a gRPC status with `google.rpc` details, and back (spec 10.6). */
import { decodeBase64, encodeBase64 } from "../../codec/index.js";
import { protobuf, WireError } from "../../codec/protobuf/index.js";
import {
  type A2AError,
  type ErrorReason,
  errorDomain,
  errors,
  type FieldViolation,
  grpcCodes,
} from "../../protocol/index.js";
import { list, map, message, one } from "../../protocol/schema/field.js";
import { readError } from "../read-error.js";
import type { GrpcWire } from "./wire.js";

/** google/rpc/status.proto and error_details.proto, as far as A2A uses them. */
const rpc = protobuf({
  messages: {
    Status: message("", {
      code: one(1, "int32", ""),
      message: one(2, "string", ""),
      details: list(3, "Any", ""),
    }),
    Any: message("", { typeUrl: one(1, "string", ""), value: one(2, "bytes", "") }),
    ErrorInfo: message("", {
      reason: one(1, "string", ""),
      domain: one(2, "string", ""),
      metadata: map(3, "string", ""),
    }),
    BadRequest: message("", { fieldViolations: list(1, "FieldViolation", "") }),
    FieldViolation: message("", { field: one(1, "string", ""), description: one(2, "string", "") }),
    RetryInfo: message("", { retryDelay: one(1, "Duration", "") }),
    // Its seconds are an int64, which an int32 has the same bytes as.
    Duration: message("", { seconds: one(1, "int32", ""), nanos: one(2, "int32", "") }),
  },
});

type DetailName = "ErrorInfo" | "BadRequest" | "RetryInfo";

const typePrefix = "type.googleapis.com/google.rpc.";

/** Peers take 8 KB of header, and the message is sent twice: in clear and in the details. */
const maxMessageLength = 800;
const maxViolationsLength = 2_000;

export const detailsKey = "grpc-status-details-bin";

/** What gRPC ends a call with. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** A google.rpc.Status in bytes, for {@link detailsKey}. */
  readonly details: Uint8Array;
}

/** @param codes Those that are not as in the table. */
export function toStatus(error: A2AError, codes: GrpcWire["codes"] = {}): RpcStatus {
  const { reason, metadata, violations, retryAfter } = error;
  const code = grpcCodes[codes[reason] ?? errors[reason].grpc];
  // grpc-js throws at half a surrogate pair, which cutting a text can leave.
  const message = error.message.slice(0, maxMessageLength).toWellFormed();
  const details = [detail("ErrorInfo", { reason, domain: errorDomain, metadata })];
  const named = fitting(violations);
  if (named.length > 0) details.push(detail("BadRequest", { fieldViolations: named }));
  if (retryAfter !== undefined) {
    const seconds = Math.floor(retryAfter);
    const nanos = Math.round((retryAfter - seconds) * 1e9);
    details.push(detail("RetryInfo", { retryDelay: { seconds, nanos } }));
  }
  return { code, message, details: rpc.encode("Status", { code, message, details }) };
}

function detail(type: DetailName, content: object): object {
  return { typeUrl: typePrefix + type, value: encodeBase64(rpc.encode(type, content)) };
}

/** The first violations that go into a header together. */
function fitting(violations: readonly FieldViolation[]): readonly FieldViolation[] {
  let length = 0;
  const tooMany = violations.findIndex(({ field, description }) => {
    length += field.length + description.length;
    return length > maxViolationsLength;
  });
  return tooMany < 0 ? violations : violations.slice(0, tooMany);
}

/** Of errors that share a status, the one that says the least. */
const byCode = new Map<number, ErrorReason>([
  ...Object.entries(errors).map(([reason, { grpc }]) => [grpcCodes[grpc], reason as ErrorReason] as const),
  [grpcCodes.FAILED_PRECONDITION, "UNSUPPORTED_OPERATION"],
  [grpcCodes.UNIMPLEMENTED, "METHOD_NOT_FOUND"],
]);

/** What a call ended with. */
export interface GivenStatus {
  readonly code: number;
  readonly message: string;
  /** What came as {@link detailsKey}. */
  readonly details?: Uint8Array | undefined;
  /** What came as `www-authenticate`. */
  readonly challenge?: string | undefined;
  /** What it means without details, where the code alone does not say it. */
  readonly reason?: ErrorReason | undefined;
}

/** The error that a call ended with. `ErrorInfo.reason` decides; without one, the code does. */
export function fromStatus({ code, message, details, challenge, reason }: GivenStatus): A2AError {
  const known = detailsOf(details);
  const implied = {
    "@type": `${typePrefix}ErrorInfo`,
    reason: reason ?? byCode.get(code) ?? "INTERNAL_ERROR",
  };
  const headers = new Headers(challenge === undefined ? {} : { "www-authenticate": challenge });
  return readError({ message, details: [...known, implied] }, { status: 0, headers, body: "" });
}

/** Details as ProtoJSON `Any`s. Those of unknown types, or that cannot be read, are passed over. */
function detailsOf(bytes: Uint8Array | undefined): object[] {
  if (bytes === undefined) return [];
  try {
    const { details = [] } = rpc.decode("Status", bytes) as {
      details?: { typeUrl?: string; value?: string }[];
    };
    return details.flatMap(({ typeUrl = "", value = "" }) => readDetail(typeUrl, decodeBase64(value)) ?? []);
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}

function readDetail(type: string, bytes: Uint8Array): object | undefined {
  switch (type) {
    case `${typePrefix}ErrorInfo`:
      return { "@type": type, ...rpc.decode("ErrorInfo", bytes) };
    case `${typePrefix}BadRequest`:
      return { "@type": type, ...rpc.decode("BadRequest", bytes) };
    case `${typePrefix}RetryInfo`: {
      const { retryDelay = {} } = rpc.decode("RetryInfo", bytes) as {
        retryDelay?: { seconds?: number; nanos?: number };
      };
      const { seconds = 0, nanos = 0 } = retryDelay;
      return { "@type": type, retryDelay: `${seconds + nanos / 1e9}s` };
    }
  }
}
