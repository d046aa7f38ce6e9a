/** Operations over a binding, with everything a well-behaved client would hide: each binding has one of these. */
import type { ErrorReason, OperationName } from "@parley/a2a/protocol";
import type { Events } from "./events.js";
import type { Exchange } from "./exchange.js";
import type { Fields } from "./json.js";

export type Binding = "JSONRPC" | "HTTP+JSON" | "GRPC";

export interface WireOptions {
  /** `A2A-Version`; 1.0 unless told, none for null. */
  readonly version?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without the credentials of the run. */
  readonly credentials?: boolean;
}

/** An error as it came. */
export interface WireError {
  /** JSON-RPC code, HTTP status or gRPC status, by the binding. */
  readonly code: unknown;
  readonly message: unknown;
  /** `ErrorInfo.reason`, and its domain. */
  readonly reason?: string | undefined;
  readonly domain?: string | undefined;
  /** `error.data`, `error.details` or the details of the status, as ProtoJSON `Any`s. */
  readonly details: readonly Fields[];
  /** Whether what should hold the details is a list of objects. */
  readonly wellFormed: boolean;
}

/** Either a result or an error. */
export interface Answer {
  readonly exchange: Exchange;
  readonly result?: unknown;
  readonly error?: WireError | undefined;
  /** What HTTP says beside it. */
  readonly headers?: Headers | undefined;
  readonly status?: number | undefined;
}

/** Either events or an error before the first of them. */
export interface Stream {
  readonly exchange: Exchange;
  readonly error?: WireError | undefined;
  readonly headers?: Headers | undefined;
  readonly events: Events<unknown>;
}

export interface Wire {
  readonly binding: Binding;
  readonly url: string;
  /** @param request In ProtoJSON shape; where the binding lets it, it may be wrong. */
  call(operation: OperationName, request: object, options?: WireOptions): Promise<Answer>;
  open(operation: OperationName, request: object, options?: WireOptions): Promise<Stream>;
  /** What the specification wants as the code of an error. */
  codeOf(reason: ErrorReason): number;
  close(): void;
}

/** The version that every call names unless it is told another one. */
export const spoken = "1.0";

/** `A2A-Version` of a call, as a header field. */
export function versionHeader({ version = spoken }: WireOptions): Record<string, string> {
  return version === null ? {} : { "a2a-version": version };
}
