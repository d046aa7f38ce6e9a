/** What both HTTP bindings read from a request: the service parameters and the JSON body. */
import type { Call } from "../dispatch/contract.js";
import { A2AError } from "../protocol/index.js";
import type { HttpRequest } from "./http.js";
import { opensMoreThan } from "./json-size.js";

/** A Call that looks things up in the request only when asked. */
export class HttpCall implements Call {
  readonly #request: HttpRequest;
  #query: URLSearchParams | undefined;

  constructor(
    readonly binding: Call["binding"],
    request: HttpRequest,
    readonly tenant: string | undefined,
  ) {
    this.#request = request;
  }

  /** The query parameter, its name in any case (spec 3.2.6), is for callers that cannot set header fields (3.6.1). */
  get version(): string | undefined {
    return this.header("a2a-version") || this.#serviceParameter("a2a-version");
  }

  get extensions(): string | undefined {
    return this.header("a2a-extensions");
  }

  get lastEventId(): string | undefined {
    return this.header("last-event-id");
  }

  header(name: string): string | undefined {
    return this.#request.header(name);
  }

  queryParameter(name: string): string | undefined {
    return this.#parameters()?.get(name) ?? undefined;
  }

  #serviceParameter(wanted: string): string | undefined {
    for (const [name, value] of this.#parameters() ?? []) if (name.toLowerCase() === wanted) return value;
    return undefined;
  }

  #parameters(): URLSearchParams | undefined {
    if (this.#request.query === "") return undefined;
    this.#query ??= new URLSearchParams(this.#request.query);
    return this.#query;
  }
}

/** JSON in UTF-8, as A2A's own media type or plain. */
function isJson(contentType: string): boolean {
  if (contentType === "application/json") return true;
  // Split first, trim then: a pattern for both takes 0.1 s for a header field full of blanks.
  const [type, ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((piece) => piece.trim());
  if (type !== "application/json" && type !== "application/a2a+json") return false;
  return parameters.every((parameter) => !/^charset=(?!"?utf-?8"?$)/.test(parameter));
}

/** Objects and lists in a body: half a million take some 40 ms to parse, and no message has so many. */
const maxContainers = 500_000;

/**
 * The body as parsed JSON, unchecked; undefined when there is none.
 *
 * @param limit Bytes.
 * @throws A2AError CONTENT_TYPE_NOT_SUPPORTED, before the body is read; PAYLOAD_TOO_LARGE; REQUEST_TIMEOUT;
 * PARSE_ERROR; INVALID_REQUEST when the body breaks off.
 */
export async function readJson(request: HttpRequest, limit: number): Promise<unknown> {
  const contentType = request.header("content-type");
  if (contentType !== undefined && !isJson(contentType)) {
    throw unsupported("The body must be application/json or application/a2a+json, in UTF-8");
  }
  const encoding = request.header("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") throw unsupported("The body must not be compressed");
  const text = await request.text(limit);
  if (text === "") return undefined;
  if (contentType === undefined) throw unsupported("The request has a body but no Content-Type");
  if (opensMoreThan(maxContainers, text)) {
    throw new A2AError("PAYLOAD_TOO_LARGE", `The body has more than ${maxContainers} objects and lists`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new A2AError("PARSE_ERROR");
  }
}

function unsupported(message: string): A2AError {
  return new A2AError("CONTENT_TYPE_NOT_SUPPORTED", message);
}

/** METHOD_NOT_ALLOWED that names the verbs a path takes. */
export function methodNotAllowed(allow: string): A2AError {
  return new A2AError("METHOD_NOT_ALLOWED", `This path takes ${allow}`, { metadata: { allow } });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
