/** Parts: 0.3 nests files, and its data is always an object. */
import { asObject } from "../../bindings/read-error.js";
import { isObject } from "../../bindings/request.js";
import { invalidField, type Part, type Struct } from "../../protocol/index.js";
import type { Form } from "./forms.js";

/** Metadata by which SDKs that speak both versions mark data that is no object, sent as `{ value }`. */
const wrapped = "data_part_compat";

export function writePart(part: Part, form: Form): object {
  const { metadata } = part;
  if (part.text !== undefined) return { kind: kindOf("text", form), text: part.text, metadata };
  if (part.data !== undefined) return writeData(part.data, metadata, form);
  const about = { mimeType: part.mediaType, name: part.filename };
  const content =
    part.raw !== undefined
      ? { [form === "kind" ? "bytes" : "fileWithBytes"]: part.raw }
      : { [form === "kind" ? "uri" : "fileWithUri"]: part.url };
  return { kind: kindOf("file", form), file: { ...content, ...about }, metadata };
}

function writeData(value: unknown, metadata: Struct | undefined, form: Form): object {
  const data = isObject(value) ? value : { value };
  const marked = isObject(value) ? metadata : { ...metadata, [wrapped]: true };
  return { kind: kindOf("data", form), data: form === "kind" ? data : { data }, metadata: marked };
}

const kindOf = (kind: string, form: Form): string | undefined => (form === "kind" ? kind : undefined);

/**
 * A part of either form, as 1.0 has it.
 * @param path Where it stands, for violations.
 * @throws A2AError INVALID_PARAMS when its `kind` is none, or not what it holds
 */
export function readPart(value: unknown, path: string): unknown {
  if (!isObject(value)) return value;
  const { kind, metadata } = value;
  const content = kind === undefined ? ["text", "file", "data"].find((key) => key in value) : kind;
  switch (content) {
    case "text":
      return { text: value.text, metadata };
    case "file":
      return { ...readFile(value.file), metadata };
    case "data":
      return readData(kind === undefined ? asObject(value.data).data : value.data, metadata);
    default:
      throw invalidField(`${path}.kind`, 'expected "text", "file" or "data"');
  }
}

function readFile(value: unknown): object {
  const file = asObject(value);
  return {
    raw: file.bytes ?? file.fileWithBytes ?? file.file_with_bytes,
    url: file.uri ?? file.fileWithUri ?? file.file_with_uri,
    mediaType: file.mimeType ?? file.mime_type,
    filename: file.name,
  };
}

function readData(data: unknown, metadata: unknown): object {
  if (!isObject(metadata) || metadata[wrapped] !== true || !isObject(data)) return { data, metadata };
  const { [wrapped]: _, ...others } = metadata;
  return { data: data.value, ...(Object.keys(others).length > 0 && { metadata: others }) };
}
