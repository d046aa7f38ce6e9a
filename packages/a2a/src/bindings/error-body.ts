/** An A2AError as the bytes of either binding (spec 9.5, 11.6). */
import { type A2AError, errorDomain, errors } from "../protocol/index.js";

/** `error.data` in JSON-RPC, `error.details` in HTTP+JSON: google.rpc messages as ProtoJSON `Any`. */
export function details(error: A2AError): object[] {
  const { reason, metadata, violations, retryAfter } = error;
  const list: object[] = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason,
      domain: errorDomain,
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
  ];
  if (violations.length > 0) {
    list.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: violations });
  }
  if (retryAfter !== undefined) {
    list.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfter}s` });
  }
  return list;
}

/**
 * A JSON-RPC error response.
 * @param id The request's id as JSON text.
 */
export function jsonrpcErrorBody(error: A2AError, id: string, data: object = details(error)): string {
  const body = { code: errors[error.reason].jsonrpc, message: error.message, data };
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(body)}}`;
}

/** A google.rpc.Status in the `error` field; its code is the HTTP status of the response. */
export function statusBody(error: A2AError, code: number = errors[error.reason].http): string {
  const status = errors[error.reason].grpc;
  return JSON.stringify({ error: { code, status, message: error.message, details: details(error) } });
}

/** The header fields an error brings along. */
export function errorHeaders(error: A2AError): Record<string, string> {
  const { reason, retryAfter, challenge, metadata } = error;
  return {
    ...(retryAfter !== undefined && { "retry-after": String(Math.ceil(retryAfter)) }),
    ...(challenge !== undefined && { "www-authenticate": challenge }),
    ...(reason === "METHOD_NOT_ALLOWED" && metadata.allow !== undefined && { allow: metadata.allow }),
  };
}
