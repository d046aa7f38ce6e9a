/** Requests of fetch-style servers and of Node's, as one. */
import { WebhookError } from "./errors.js";

/** A fetch `Request`, or whatever has `headers` with `get`, and a body as text. */
interface FetchRequest {
  readonly headers: { get(name: string): string | null };
  readonly body?: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
}

/** Node's `IncomingMessage`, or whatever has a record of headers and is its own body. */
interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Headers and a body that was read already, byte for byte as it came. */
export interface ReadRequest {
  readonly headers: FetchRequest["headers"] | NodeRequest["headers"];
  readonly body: string | Uint8Array;
}

export type WebhookRequest = FetchRequest | NodeRequest | ReadRequest;

export function header({ headers }: WebhookRequest, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const value = headers[name.toLowerCase()];
  return typeof value === "string" ? value : value?.[0];
}

const isHeaders = (headers: WebhookRequest["headers"]): headers is FetchRequest["headers"] =>
  typeof headers["get"] === "function";

/** The body as text. @throws WebhookError TOO_LARGE */
export async function bodyOf(request: WebhookRequest, limit: number): Promise<string> {
  if ("body" in request && (typeof request.body === "string" || request.body instanceof Uint8Array)) {
    const { body } = request;
    if (body.length > limit) throw tooLarge(limit);
    return typeof body === "string" ? body : new TextDecoder().decode(body);
  }
  const source = Symbol.asyncIterator in request ? request : (request as FetchRequest).body;
  // Without a stream there is nothing to stop early: an empty body, or a host that has none.
  if (!source) return (request as FetchRequest).text();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > limit) throw tooLarge(limit);
    text += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

const tooLarge = (limit: number) => new WebhookError("TOO_LARGE", `The body is longer than ${limit} bytes`);
