/** `google.protobuf.Struct`, `Value`, `ListValue` and `Timestamp`, as the JSON they stand for. */
import type { JsonValue, Struct } from "../../protocol/index.js";
import { type Reader, WireError } from "./reader.js";
import { WireType, type Writer } from "./writer.js";

/** Saves the stack. The check asks for less, and says so by the field's name. */
const maxDepth = 256;

const delimited = (number: number): number => (number << 3) | WireType.delimited;
const varint = (number: number): number => (number << 3) | WireType.varint;

/** Struct, ListValue: their one repeated field. Map entries: key and value. Timestamp: seconds and nanos. */
const [first, second] = [1, 2];
const tags = {
  null: varint(1),
  number: (2 << 3) | WireType.fixed64,
  string: delimited(3),
  bool: varint(4),
  struct: delimited(5),
  list: delimited(6),
} as const;

export function writeStruct(writer: Writer, members: Readonly<Record<string, JsonValue>>): void {
  for (const key in members) {
    writer.varint(delimited(first));
    const entry = writer.begin();
    writer.varint(delimited(first));
    writer.string(key);
    writer.varint(delimited(second));
    const value = writer.begin();
    writeValue(writer, members[key] as JsonValue);
    writer.end(value);
    writer.end(entry);
  }
}

export function writeValue(writer: Writer, value: JsonValue): void {
  switch (typeof value) {
    case "string":
      writer.varint(tags.string);
      return writer.string(value);
    case "number":
      writer.varint(tags.number);
      return writer.double(value);
    case "boolean":
      writer.varint(tags.bool);
      return writer.varint(value ? 1 : 0);
  }
  if (value === null) {
    writer.varint(tags.null);
    return writer.varint(0);
  }
  const list = Array.isArray(value);
  writer.varint(list ? tags.list : tags.struct);
  const start = writer.begin();
  if (list) writeElements(writer, value);
  else writeStruct(writer, value as Struct);
  writer.end(start);
}

function writeElements(writer: Writer, values: readonly JsonValue[]): void {
  for (const value of values) {
    writer.varint(delimited(first));
    const start = writer.begin();
    writeValue(writer, value);
    writer.end(start);
  }
}

export function readStruct(reader: Reader, end: number, depth: number, into: Struct = {}): Struct {
  if (depth > maxDepth) throw new WireError("values are nested too deep");
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === delimited(first)) readMember(reader, reader.delimited(end), depth, into);
    else reader.skip(tag, end);
  }
  return into;
}

function readMember(reader: Reader, end: number, depth: number, into: Struct): void {
  let key = "";
  let value: JsonValue = null;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === delimited(first)) key = reader.string(end);
    else if (tag === delimited(second)) value = readValue(reader, reader.delimited(end), depth + 1);
    else reader.skip(tag, end);
  }
  // Set, it would replace the object's prototype; the check drops it from JSON, too.
  if (key !== "__proto__") into[key] = value;
}

/** A value of no kind is null. */
export function readValue(reader: Reader, end: number, depth: number): JsonValue {
  let value: JsonValue = null;
  while (reader.position < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case tags.null:
        reader.varint(end);
        value = null;
        break;
      case tags.number:
        value = reader.double(end);
        break;
      case tags.string:
        value = reader.string(end);
        break;
      case tags.bool:
        value = reader.bool(end);
        break;
      case tags.struct:
        value = readStruct(reader, reader.delimited(end), depth + 1);
        break;
      case tags.list:
        value = readElements(reader, reader.delimited(end), depth + 1);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  return value;
}

function readElements(reader: Reader, end: number, depth: number): JsonValue[] {
  if (depth > maxDepth) throw new WireError("values are nested too deep");
  const values: JsonValue[] = [];
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === delimited(first)) values.push(readValue(reader, reader.delimited(end), depth + 1));
    else reader.skip(tag, end);
  }
  return values;
}

/** The second that was last read or written: events come close together, and dates are slow to make. */
let lastSecond = 0;
let lastText = "1970-01-01T00:00:00";

/** @param text In normal form: UTC, with three, six or nine digits of a second. */
export function writeTimestamp(writer: Writer, text: string): void {
  const whole = text.slice(0, 19);
  if (whole !== lastText) {
    lastText = whole;
    lastSecond = Date.parse(`${whole}Z`) / 1000;
  }
  const nanos = Number(text.slice(20, -1).padEnd(9, "0"));
  if (lastSecond !== 0) {
    writer.varint(varint(first));
    writer.int(lastSecond);
  }
  if (nanos !== 0) {
    writer.varint(varint(second));
    writer.int(nanos);
  }
}

const earliest = Date.parse("0001-01-01T00:00:00Z") / 1000;
const latest = Date.parse("9999-12-31T23:59:59Z") / 1000;

/** What is no time between the years 1 and 9999 reads as a text that the check refuses, and shows. */
export function readTimestamp(reader: Reader, end: number): string {
  let seconds = 0;
  let nanos = 0;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === varint(first)) seconds = reader.int64(end);
    else if (tag === varint(second)) nanos = reader.varint(end) | 0;
    else reader.skip(tag, end);
  }
  if (seconds < earliest || seconds > latest || nanos < 0 || nanos > 999_999_999) {
    return `${seconds} seconds and ${nanos} nanoseconds`;
  }
  if (seconds !== lastSecond) {
    lastSecond = seconds;
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
  }
  const digits = nanos % 1_000_000 === 0 ? 3 : nanos % 1000 === 0 ? 6 : 9;
  return `${lastText}.${String(nanos).padStart(9, "0").slice(0, digits)}Z`;
}
