/** The JSON-RPC 2.0 request object, before anybody looks at its params (spec 9.3). */
import { A2AError, invalidField } from "../../protocol/index.js";
import { isObject } from "../request.js";

export interface Envelope {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** It has no id, so nobody waits for the answer. */
  readonly notification: boolean;
}

/** Every event of a stream repeats the id, so it has to be small. */
const maxIdLength = 1_000;

/** The id as JSON text; "null" as long as there is none to repeat (JSON-RPC 2.0, section 5). */
export function idText(body: unknown): string {
  const id = isObject(body) ? body.id : undefined;
  return isId(id) ? JSON.stringify(id) : "null";
}

/** Numbers that would come back changed are no ids. */
function isId(id: unknown): id is string | number | null {
  if (typeof id === "string") return id.length <= maxIdLength;
  if (typeof id === "number") return Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return id === null;
}

/** @throws A2AError INVALID_REQUEST; INVALID_PARAMS when the params are no object */
export function checkEnvelope(body: unknown): Envelope {
  if (body === undefined) throw new A2AError("PARSE_ERROR", "The request has no body");
  if (Array.isArray(body)) throw new A2AError("INVALID_REQUEST", "Batches are not supported");
  if (!isObject(body)) throw new A2AError("INVALID_REQUEST", "A JSON-RPC request is an object");
  const { jsonrpc, id, method, params = null } = body;
  if (jsonrpc !== "2.0") throw invalid("jsonrpc", 'must be "2.0"');
  if (id !== undefined && !isId(id)) throw invalid("id", "must be a short string, a safe number or null");
  if (typeof method !== "string") throw invalid("method", "must be a string");
  if (params !== null && !isObject(params)) throw invalidField("params", "must be an object");
  return { method, params: params ?? {}, notification: id === undefined };
}

function invalid(field: string, description: string): A2AError {
  return new A2AError("INVALID_REQUEST", `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
