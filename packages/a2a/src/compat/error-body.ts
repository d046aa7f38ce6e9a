/** Errors over HTTP without JSON-RPC around them. */
import { type A2AError, errors } from "../protocol/index.js";

/** The JSON-RPC error; peers look for its code, for its name, or at the status alone. */
export function errorBody(error: A2AError): string {
  const { jsonrpc: code, name } = errors[error.reason];
  return JSON.stringify({ code, message: error.message, error: name });
}
