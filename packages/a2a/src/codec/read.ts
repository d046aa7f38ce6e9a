/// <reference lib="es2024.string" />
/**
 * Reads a message by its shape. What is already in normal form is given back as it is: the same
 * object, untouched. Only where something must change (a field dropped, renamed or normalised) is
 * there a copy.
 */
import { readStruct, readValue } from "./json-value.js";
import { copyUpTo, type Reader } from "./reader.js";
import { readBool, readBytes, readEnum, readInt32, readInt64, readString, readTimestamp } from "./scalars.js";
import { emptyValue, Kind, type Shape, type Slot } from "./shapes.js";

type Key = string | number;
type Members = Record<string, unknown>;

/** The message in normal form. Undefined, or with violations noted, when it is not valid. */
export function readMessage(reader: Reader, shape: Shape, value: unknown, key?: Key): object | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return reader.expected(key, "an object", value);
  }
  if (key === undefined) return readFields(reader, shape, value as Members);
  reader.path.push(key);
  const result = readFields(reader, shape, value as Members);
  reader.path.pop();
  return result;
}

function readFields(reader: Reader, shape: Shape, source: Members): Members {
  let named = 0;
  let seen = 0;
  let copy: Members | undefined;
  for (const key in source) {
    const given = source[key];
    if (given === undefined) continue;
    const slot = shape.byName.get(key);
    let value: unknown;
    if (slot !== undefined) {
      const mark = reader.violations.length;
      if (named & slot.bit) reader.fail(key, "given twice, by both spellings of its name");
      named |= slot.bit;
      if (given !== null || slot.kind === Kind.value) value = readField(reader, slot, key, given);
      if (reader.violations.length > mark) {
        if (reader.lenient && !slot.field.essential) value = forgive(reader, mark);
        else seen |= slot.bit;
      }
    }
    if (slot === undefined || value === undefined) {
      copy ??= copyUpTo(source, key);
      continue;
    }
    if (copy === undefined && (value !== given || key !== slot.name)) copy = copyUpTo(source, key);
    if (copy !== undefined) copy[slot.name] = value;
    seen |= slot.bit;
  }

  const missing = shape.required & ~seen;
  if (missing !== 0) copy = addMissing(reader, shape, missing, source, copy);
  if (shape.oneof !== 0) checkOneof(reader, shape, seen & shape.oneof);
  return copy ?? source;
}

/** A lenient reader takes back what it noted since `mark`: the broken thing counts as unset. */
function forgive(reader: Reader, mark: number): undefined {
  reader.violations.length = mark;
}

/** What is required and not there: a violation, or its default where the mode allows to leave that out. */
function addMissing(
  reader: Reader,
  shape: Shape,
  missing: number,
  source: Members,
  copy: Members | undefined,
) {
  for (const slot of shape.slots) {
    if ((missing & slot.bit) === 0) continue;
    const value = reader.strict || slot.field.essential ? undefined : impliedValue(reader, slot);
    if (value === undefined) {
      reader.fail(slot.name, "required");
    } else {
      copy ??= { ...source };
      copy[slot.name] = value;
    }
  }
  return copy;
}

function impliedValue(reader: Reader, slot: Slot): unknown {
  if (reader.lenient && slot.shape && !slot.field.list && !slot.field.map) {
    return readMessage(reader, slot.shape, {}, slot.name);
  }
  const value = emptyValue(slot.field);
  return value === "" && !slot.field.emptyAllowed && !reader.lenient ? undefined : value;
}

function checkOneof(reader: Reader, shape: Shape, given: number): void {
  if (given !== 0 && (given & (given - 1)) === 0) return;
  const names = (slots: readonly Slot[]) => slots.map(({ name }) => name).join(", ");
  const group = shape.slots.filter(({ bit }) => bit & shape.oneof);
  const got = given === 0 ? "none" : names(group.filter(({ bit }) => bit & given));
  reader.fail(undefined, `expected exactly one of ${names(group)}; got ${got}`);
}

function readField(reader: Reader, slot: Slot, key: Key, value: unknown): unknown {
  if (slot.field.list) return readList(reader, slot, key, value);
  if (slot.field.map) return readMap(reader, slot, key, value);
  if (value === "") {
    if (slot.blankIsUnset) return undefined;
    if (slot.filled && reader.strict) return reader.fail(key, "must not be empty");
  }
  return readOne(reader, slot, key, value);
}

function readOne(reader: Reader, slot: Slot, key: Key, value: unknown): unknown {
  switch (slot.kind) {
    case Kind.string:
      return readString(reader, key, value);
    case Kind.message:
      return readMessage(reader, slot.shape as Shape, value, key);
    case Kind.enum:
      return readEnum(reader, key, value, slot);
    case Kind.bool:
      return readBool(reader, key, value);
    case Kind.int32:
      return readInt32(reader, key, value, slot);
    case Kind.int64:
      return readInt64(reader, key, value);
    case Kind.bytes:
      return readBytes(reader, key, value);
    case Kind.timestamp:
      return readTimestamp(reader, key, value);
    case Kind.struct:
      return readStruct(reader, key, value);
    case Kind.value:
      return readValue(reader, key, value);
  }
}

function readList(reader: Reader, slot: Slot, key: Key, value: unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return reader.expected(key, "an array", value);
  if (value.length === 0 && slot.filled && reader.strict) return reader.fail(key, "must not be empty");
  let copy: unknown[] | undefined;
  reader.path.push(key);
  for (let i = 0; i < value.length; i++) {
    const element = readEntry(reader, slot, i, value[i]);
    if (copy === undefined && element !== value[i]) copy = value.slice(0, i);
    if (copy !== undefined && element !== undefined) copy.push(element);
  }
  reader.path.pop();
  return copy ?? value;
}

function readMap(reader: Reader, slot: Slot, key: Key, value: unknown): Members | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return reader.expected(key, "an object", value);
  }
  const source = value as Members;
  let copy: Members | undefined;
  reader.path.push(key);
  for (const name in source) {
    if (source[name] === undefined) continue;
    if (!name.isWellFormed()) reader.fail(name, "expected a well-formed Unicode name");
    const entry = name === "__proto__" ? undefined : readEntry(reader, slot, name, source[name]);
    if (copy === undefined && entry !== source[name]) copy = copyUpTo(source, name);
    if (copy !== undefined && entry !== undefined) copy[name] = entry;
  }
  reader.path.pop();
  return copy ?? source;
}

/** An element of a list or a map; a lenient reader leaves broken ones out. */
function readEntry(reader: Reader, slot: Slot, key: Key, value: unknown): unknown {
  const mark = reader.violations.length;
  const entry = readOne(reader, slot, key, value);
  return reader.lenient && reader.violations.length > mark ? forgive(reader, mark) : entry;
}
