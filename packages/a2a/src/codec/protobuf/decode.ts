/** Bytes to messages in ProtoJSON shape, not yet checked: what is required may be missing, enums may be numbers. */
import type { Struct } from "../../protocol/index.js";
import { encodeBase64 } from "../base64.js";
import { Kind } from "../shapes.js";
import type { Reader } from "./reader.js";
import type { FieldTable, MessageTable } from "./table.js";
import { readStruct, readTimestamp, readValue } from "./well-known.js";
import { WireType } from "./writer.js";

type Members = Record<string, unknown>;

/** The message up to `end`. Of a message that comes in pieces, each adds to what the earlier ones said. */
export function readFields(reader: Reader, table: MessageTable, end: number, into: Members = {}): Members {
  while (reader.position < end) {
    const tag = reader.tag(end);
    const field = table.byNumber[tag >>> 3];
    if (field === undefined || !readField(reader, field, tag & 7, end, into)) reader.skip(tag, end);
  }
  return into;
}

/** @returns false when the wire type is not the field's, which makes it an unknown one. */
function readField(reader: Reader, field: FieldTable, wireType: number, end: number, into: Members): boolean {
  const { name } = field;
  if (field.map) {
    if (wireType !== WireType.delimited) return false;
    into[name] ??= {};
    readEntry(reader, field, reader.delimited(end), into[name] as Members);
    return true;
  }
  const packed = field.packed && wireType === WireType.delimited;
  if (wireType !== field.wireType && !packed) return false;
  if (field.list) {
    into[name] ??= [];
    const list = into[name] as unknown[];
    const until = packed ? reader.delimited(end) : reader.position + 1;
    while (reader.position < until) list.push(readOne(reader, field, packed ? until : end, undefined));
    return true;
  }
  into[name] = readOne(reader, field, end, into[name]);
  for (const rival of field.rivals) if (into[rival] !== undefined) delete into[rival];
  return true;
}

function readEntry(reader: Reader, field: FieldTable, end: number, into: Members): void {
  let key = "";
  let value: unknown;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === ((1 << 3) | WireType.delimited)) key = reader.string(end);
    else if (tag === ((2 << 3) | field.wireType)) value = readOne(reader, field, end, value);
    else reader.skip(tag, end);
  }
  // Set, it would replace the object's prototype; the check drops it from JSON, too.
  if (key !== "__proto__") into[key] = value ?? defaultOf(field.kind);
}

/** What a map entry without a value stands for. */
function defaultOf(kind: FieldTable["kind"]): unknown {
  switch (kind) {
    case Kind.string:
    case Kind.bytes:
      return "";
    case Kind.bool:
      return false;
    case Kind.int32:
    case Kind.enum:
      return 0;
    case Kind.int64:
      return "0";
    case Kind.value:
      return null;
    case Kind.timestamp:
      return "1970-01-01T00:00:00.000Z";
    default:
      return {};
  }
}

/** @param prior What an earlier piece said. */
function readOne(reader: Reader, field: FieldTable, end: number, prior: unknown): unknown {
  switch (field.kind) {
    case Kind.string:
      return reader.string(end);
    case Kind.bool:
      return reader.bool(end);
    case Kind.int32:
      return reader.varint(end) | 0;
    case Kind.int64:
      return String(reader.int64(end));
    case Kind.enum:
      return enumValue(field, reader.varint(end) | 0);
    case Kind.bytes:
      return encodeBase64(reader.bytes(end));
    case Kind.message:
      return readFields(
        reader,
        field.message as MessageTable,
        reader.delimited(end),
        prior as Members | undefined,
      );
    case Kind.timestamp:
      return readTimestamp(reader, reader.delimited(end));
    case Kind.struct:
      return readStruct(reader, reader.delimited(end), 0, prior as Struct | undefined);
    case Kind.value:
      return readValue(reader, reader.delimited(end), 0);
  }
}

/** An unknown number stays one; the check says what it may be. */
function enumValue(field: FieldTable, number: number): string | number {
  return field.enum?.names.get(number) ?? number;
}
