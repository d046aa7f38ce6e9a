/// <reference lib="es2024.string" />
/** Free-form JSON: `google.protobuf.Struct` and `Value` fields. */
import type { JsonValue, Struct } from "../protocol/index.js";
import { copyUpTo, type Reader } from "./reader.js";
import { readString } from "./scalars.js";

type Key = string | number;

export function readStruct(reader: Reader, key: Key, value: unknown): Struct | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return reader.expected(key, "an object", value);
  }
  return enter(reader, key, value, readMembers);
}

/** The value itself, or a copy without what JSON cannot carry safely. */
export function readValue(reader: Reader, key: Key, value: unknown): JsonValue | undefined {
  switch (typeof value) {
    case "string":
      return readString(reader, key, value);
    case "number":
      return Number.isFinite(value) ? value : reader.fail(key, "expected a finite number");
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      return Array.isArray(value)
        ? enter(reader, key, value, readElements)
        : enter(reader, key, value, readMembers);
    default:
      return reader.expected(key, "a JSON value", value);
  }
}

function enter<T extends object, R>(
  reader: Reader,
  key: Key,
  value: T,
  read: (reader: Reader, value: T) => R,
): R | undefined {
  if (reader.path.length >= reader.maxDepth) {
    return reader.fail(key, `nested deeper than ${reader.maxDepth} levels`);
  }
  reader.path.push(key);
  const result = read(reader, value);
  reader.path.pop();
  return result;
}

function readElements(reader: Reader, values: readonly unknown[]): JsonValue[] {
  let copy: JsonValue[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = readValue(reader, i, values[i]);
    if (copy === undefined && value !== values[i]) copy = values.slice(0, i) as JsonValue[];
    if (copy !== undefined && value !== undefined) copy.push(value);
  }
  return copy ?? (values as JsonValue[]);
}

function readMembers(reader: Reader, members: object): Struct {
  const source = members as Readonly<Record<string, unknown>>;
  let copy: Struct | undefined;
  for (const key in source) {
    const given = source[key];
    if (given === undefined) continue;
    if (key === "__proto__") {
      copy ??= copyUpTo(source, key);
      continue;
    }
    if (!key.isWellFormed()) reader.fail(key, "expected a well-formed Unicode name");
    const value = readValue(reader, key, given);
    if (value === undefined) continue;
    if (copy === undefined && value !== given) copy = copyUpTo(source, key);
    if (copy !== undefined) copy[key] = value;
  }
  return copy ?? (members as Struct);
}
