/** Why an outgoing request was not made, or its answer not used. */
export type OutgoingReason =
  /** Not an absolute http or https URL, or one with credentials in it. */
  | "URL_NOT_ALLOWED"
  /** The host is, or resolves to, an address that is not public. */
  | "ADDRESS_NOT_ALLOWED"
  | "REDIRECT"
  | "TOO_LARGE"
  | "TIMEOUT"
  /** No connection: unknown name, refused, certificate not trusted. */
  | "CONNECT"
  /** What came back is not HTTP, breaks off, or is encoded in a way that was not asked for. */
  | "PROTOCOL";

/**
 * The one error of outgoing requests. The message is fit for a person and for peers: it names the host
 * of the URL, never the addresses behind it nor path or query; `cause` is for the log.
 */
export class OutgoingError extends Error {
  override readonly name = "OutgoingError";

  constructor(
    readonly reason: OutgoingReason,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Codes of connections that came about and then went wrong. */
const brokenOff = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"]);

/** A failure of Node's as an OutgoingError. */
export function explained(error: unknown, host: string): OutgoingError {
  if (error instanceof OutgoingError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code.startsWith("HPE_"))
    return new OutgoingError("PROTOCOL", `${host} did not answer in HTTP`, { cause: error });
  if (brokenOff.has(code)) return new OutgoingError("PROTOCOL", `${host} broke off`, { cause: error });
  return new OutgoingError("CONNECT", `Cannot connect to ${host} (${code})`, { cause: error });
}
