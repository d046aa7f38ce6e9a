/** Messages in normal form to bytes. */
import type { JsonValue } from "../../protocol/index.js";
import { decodeBase64 } from "../base64.js";
import { Kind } from "../shapes.js";
import type { FieldTable, MessageTable } from "./table.js";
import { writeStruct, writeTimestamp, writeValue } from "./well-known.js";
import { WireType, type Writer } from "./writer.js";

const keyTag = (1 << 3) | WireType.delimited;

export function writeFields(writer: Writer, { fields }: MessageTable, message: object): void {
  const source = message as Readonly<Record<string, unknown>>;
  for (const field of fields) {
    const value = source[field.name];
    if (value === undefined || (value === null && field.kind !== Kind.value)) continue;
    if (field.list) writeList(writer, field, value as readonly unknown[]);
    else if (field.map) writeMap(writer, field, value as Readonly<Record<string, unknown>>);
    else if (!field.implicit || (value !== "" && value !== 0 && value !== false))
      writeOne(writer, field, field.tag, value);
  }
}

function writeList(writer: Writer, field: FieldTable, values: readonly unknown[]): void {
  if (!field.packed) {
    for (const value of values) writeOne(writer, field, field.tag, value);
  } else if (values.length > 0) {
    writer.varint(field.tag);
    const start = writer.begin();
    for (const value of values) writeContent(writer, field, value);
    writer.end(start);
  }
}

function writeMap(writer: Writer, field: FieldTable, values: Readonly<Record<string, unknown>>): void {
  for (const key in values) {
    writer.varint(field.tag);
    const start = writer.begin();
    writer.varint(keyTag);
    writer.string(key);
    writeOne(writer, field, (2 << 3) | field.wireType, values[key]);
    writer.end(start);
  }
}

function writeOne(writer: Writer, field: FieldTable, tag: number, value: unknown): void {
  writer.varint(tag);
  writeContent(writer, field, value);
}

function writeContent(writer: Writer, field: FieldTable, value: unknown): void {
  switch (field.kind) {
    case Kind.string:
      return writer.string(value as string);
    case Kind.bool:
      return writer.varint(value === true ? 1 : 0);
    case Kind.int32:
      return writer.int(value as number);
    case Kind.int64:
      return writer.int(Number(value));
    case Kind.enum:
      return writer.int(field.enum?.numbers.get(value as string) ?? 0);
    case Kind.bytes:
      return writer.bytes(decodeBase64(value as string));
  }
  const start = writer.begin();
  switch (field.kind) {
    case Kind.message:
      writeFields(writer, field.message as MessageTable, value as object);
      break;
    case Kind.timestamp:
      writeTimestamp(writer, value as string);
      break;
    case Kind.struct:
      writeStruct(writer, value as Readonly<Record<string, JsonValue>>);
      break;
    case Kind.value:
      writeValue(writer, value as JsonValue);
  }
  writer.end(start);
}
