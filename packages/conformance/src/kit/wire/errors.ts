/** Errors of the two JSON bindings. */
import { fieldsOf, isFields, listOf } from "./json.js";
import type { WireError } from "./wire.js";

const errorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

/** @param details `error.data` or `error.details` */
export function wireError(code: unknown, message: unknown, details: unknown): WireError {
  const objects = listOf(details).filter(isFields);
  const info = fieldsOf(objects.find((detail) => detail["@type"] === errorInfo));
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    code,
    message,
    details: objects,
    reason: text(info["reason"]),
    domain: text(info["domain"]),
    wellFormed: details === undefined || (Array.isArray(details) && objects.length === details.length),
  };
}
