/** Errors of versions before 1.0, whose SDKs read no list of details: the same members, all in one object. */
import { details } from "../bindings/error-body.js";
import { type A2AError, errors } from "../protocol/index.js";

function facts(error: A2AError): object {
  const { "@type": _, ...all }: Record<string, unknown> = Object.assign({}, ...details(error));
  return all;
}

/** `error.data` in JSON-RPC. Go's SDK shows its users the text in `error`, and no message. */
export const errorData = (error: A2AError): object => ({ error: error.message, ...facts(error) });

/** Without JSON-RPC around it; peers look for its code, for its name, or at the status alone. */
export function errorBody(error: A2AError): string {
  const { jsonrpc: code, name } = errors[error.reason];
  return JSON.stringify({ code, message: error.message, error: name, data: facts(error) });
}
