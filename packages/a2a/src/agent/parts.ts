/** Builders of parts: what messages and artifacts are made of (spec 4.1.6). */
import { encodeBase64 } from "../codec/index.js";
import type { DataPart, JsonValue, Part, RawPart, Struct, TextPart, UrlPart } from "../protocol/index.js";

/** What every part may carry beside its content. */
export interface PartOptions {
  /** MIME type, for example `text/markdown`. */
  readonly mediaType?: string;
  readonly filename?: string;
  readonly metadata?: Struct;
}

/** What can stand where content is expected: one part, several, or plain text. */
export type Content = string | Part | readonly Part[];

/** A text part. */
export function text(value: string, options: PartOptions = {}): TextPart {
  return { text: String(value), ...extras(options) };
}

/**
 * A structured data part. The value is copied as JSON, so changing it afterwards changes nothing.
 * @throws TypeError when the value cannot be written as JSON (a cycle, a BigInt).
 */
export function data(value: unknown, options: PartOptions = {}): DataPart {
  return { data: copy(value ?? null), ...extras(options) };
}

/** A file by value: bytes, or text that is encoded as UTF-8. The media type defaults to `application/octet-stream`. */
export function file(
  filename: string,
  content: Uint8Array | string,
  mediaType = "application/octet-stream",
): RawPart {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { raw: encodeBase64(bytes), filename, mediaType };
}

/** A file by reference. */
export function url(value: string | URL, options: PartOptions = {}): UrlPart {
  return { url: String(value), ...extras(options) };
}

/** Content as fresh parts that nobody else holds. */
export function parts(content: Content): Part[] {
  if (typeof content === "string") return [{ text: content }];
  const list = Array.isArray(content) ? (content as readonly Part[]) : [content as Part];
  return list.map(ownPart);
}

function ownPart(part: Part): Part {
  const own = { ...part } as Part;
  if (own.data !== undefined && typeof own.data === "object") own.data = copy(own.data);
  if (own.metadata) own.metadata = copy(own.metadata) as Struct;
  return own;
}

/** A copy through JSON: what the value is on the wire, and nobody else's. */
export function copy(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value) ?? "null") as JsonValue;
}

function extras({ mediaType, filename, metadata }: PartOptions): PartOptions {
  return {
    ...(metadata && { metadata: copy(metadata) as Struct }),
    ...(filename !== undefined && { filename }),
    ...(mediaType !== undefined && { mediaType }),
  };
}
