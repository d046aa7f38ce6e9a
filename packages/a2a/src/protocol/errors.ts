/**
 * Every error a peer can see, one row each (spec 3.3.2, 5.4, 9.5, 11.6).
 * Bindings, the client, the CLI and docs/errors.md read this table; none keeps a copy.
 */

interface ErrorRow {
  /** The name the specification gives it. */
  readonly name: string;
  /** JSON-RPC error code. */
  readonly jsonrpc: number;
  /** HTTP status of the HTTP+JSON binding. */
  readonly http: number;
  /** gRPC status name; also `error.status` in HTTP+JSON errors. */
  readonly grpc: keyof typeof grpcCodes;
  /** What is said when the thrower has nothing more precise to say. */
  readonly message: string;
  /** HTTP status of the JSON-RPC binding where it is not 200. */
  readonly jsonrpcHttp?: number;
}

/** gRPC status names and numbers. */
export const grpcCodes = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** The table. Keys are `ErrorInfo.reason` values. */
export const errors = {
  TASK_NOT_FOUND: row("TaskNotFoundError", -32001, 404, "NOT_FOUND", "Task not found"),
  TASK_NOT_CANCELABLE: row(
    "TaskNotCancelableError",
    -32002,
    400,
    "FAILED_PRECONDITION",
    "The task has already ended and cannot be canceled",
  ),
  PUSH_NOTIFICATION_NOT_SUPPORTED: row(
    "PushNotificationNotSupportedError",
    -32003,
    400,
    "FAILED_PRECONDITION",
    "This agent does not send push notifications",
  ),
  UNSUPPORTED_OPERATION: row(
    "UnsupportedOperationError",
    -32004,
    400,
    "FAILED_PRECONDITION",
    "This agent does not support the operation",
  ),
  CONTENT_TYPE_NOT_SUPPORTED: row(
    "ContentTypeNotSupportedError",
    -32005,
    400,
    "INVALID_ARGUMENT",
    "The media type is not supported",
  ),
  INVALID_AGENT_RESPONSE: row(
    "InvalidAgentResponseError",
    -32006,
    500,
    "INTERNAL",
    "The agent gave an answer that breaks the specification",
  ),
  EXTENDED_AGENT_CARD_NOT_CONFIGURED: row(
    "ExtendedAgentCardNotConfiguredError",
    -32007,
    400,
    "FAILED_PRECONDITION",
    "No extended agent card is configured",
  ),
  EXTENSION_SUPPORT_REQUIRED: row(
    "ExtensionSupportRequiredError",
    -32008,
    400,
    "FAILED_PRECONDITION",
    "The agent requires an extension that the request does not declare",
  ),
  VERSION_NOT_SUPPORTED: row(
    "VersionNotSupportedError",
    -32009,
    400,
    "FAILED_PRECONDITION",
    "The protocol version is not supported",
  ),
  TASK_GENERATION_MISMATCH: row(
    "TaskGenerationMismatchError",
    -32010,
    409,
    "ABORTED",
    "The task has changed since",
  ),

  PARSE_ERROR: row("JSONParseError", -32700, 400, "INVALID_ARGUMENT", "Invalid JSON payload"),
  INVALID_REQUEST: row(
    "InvalidRequestError",
    -32600,
    400,
    "INVALID_ARGUMENT",
    "Request payload validation error",
  ),
  METHOD_NOT_FOUND: row("MethodNotFoundError", -32601, 404, "UNIMPLEMENTED", "Method not found"),
  METHOD_NOT_ALLOWED: row("MethodNotAllowedError", -32601, 405, "UNIMPLEMENTED", "Method not allowed", 405),
  INVALID_PARAMS: row("InvalidParamsError", -32602, 400, "INVALID_ARGUMENT", "Invalid parameters"),
  INTERNAL_ERROR: row("InternalError", -32603, 500, "INTERNAL", "Internal error"),

  UNAUTHENTICATED: row(
    "UnauthenticatedError",
    -31401,
    401,
    "UNAUTHENTICATED",
    "Authentication required",
    401,
  ),
  PERMISSION_DENIED: row("PermissionDeniedError", -31403, 403, "PERMISSION_DENIED", "Permission denied", 403),
  REQUEST_TIMEOUT: row("RequestTimeoutError", -31408, 408, "DEADLINE_EXCEEDED", "The request took too long"),
  PAYLOAD_TOO_LARGE: row(
    "PayloadTooLargeError",
    -31413,
    413,
    "RESOURCE_EXHAUSTED",
    "The request body is too large",
    413,
  ),
  RESOURCE_EXHAUSTED: row(
    "ResourceExhaustedError",
    -31429,
    429,
    "RESOURCE_EXHAUSTED",
    "Too many requests",
    429,
  ),
  UNAVAILABLE: row("UnavailableError", -31503, 503, "UNAVAILABLE", "Temporarily unavailable", 503),
} as const satisfies Record<string, ErrorRow>;

function row(
  name: string,
  jsonrpc: number,
  http: number,
  grpc: keyof typeof grpcCodes,
  message: string,
  jsonrpcHttp?: number,
): ErrorRow {
  return { name, jsonrpc, http, grpc, message, ...(jsonrpcHttp !== undefined && { jsonrpcHttp }) };
}

/** `ErrorInfo.reason` of every error in the table. */
export type ErrorReason = keyof typeof errors;

/** `ErrorInfo.domain` of every A2A error (spec 11.6). */
export const errorDomain = "a2a-protocol.org";

/** One invalid field: its path in the request (`message.parts[0].text`) and what was expected. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

export interface A2AErrorOptions {
  readonly violations?: readonly FieldViolation[];
  /** Goes to the peer as `ErrorInfo.metadata`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** `WWW-Authenticate` value of an UNAUTHENTICATED answer. */
  readonly challenge?: string;
  /** For the log only; never sent. */
  readonly cause?: unknown;
}

/**
 * The one error of the protocol. Everything it carries except `cause` may reach the peer.
 *
 * @example
 * try { await client.getTask({ id }) } catch (e) {
 *   if (e instanceof A2AError && e.reason === "TASK_NOT_FOUND") { ... }
 * }
 */
export class A2AError extends Error {
  readonly reason: ErrorReason;
  readonly violations: readonly FieldViolation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfter: number | undefined;
  readonly challenge: string | undefined;

  constructor(reason: ErrorReason, message?: string, options: A2AErrorOptions = {}) {
    super(
      message ?? errors[reason].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = errors[reason].name;
    this.reason = reason;
    this.violations = options.violations ?? [];
    this.metadata = options.metadata ?? {};
    this.retryAfter = options.retryAfter;
    this.challenge = options.challenge;
  }
}

/** INVALID_PARAMS naming one field. */
export function invalidField(field: string, description: string): A2AError {
  return new A2AError("INVALID_PARAMS", `${field}: ${description}`, { violations: [{ field, description }] });
}

/** The error as it may be shown to a peer: anything that is not an A2AError becomes an opaque INTERNAL_ERROR. */
export function toA2AError(error: unknown): A2AError {
  return error instanceof A2AError ? error : new A2AError("INTERNAL_ERROR", undefined, { cause: error });
}
