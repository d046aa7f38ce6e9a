/// <reference lib="es2024.string" />
/** Readers of single values. Each gives the normal form, or undefined after noting a violation. */
import { normalizeBase64 } from "./base64.js";
import type { Reader } from "./reader.js";
import type { Slot } from "./shapes.js";
import { normalizeTimestamp } from "./timestamp.js";

type Key = string | number;

export function readString(reader: Reader, key: Key, value: unknown): string | undefined {
  if (typeof value !== "string") return reader.expected(key, "a string", value);
  return value.isWellFormed() ? value : reader.fail(key, "expected well-formed Unicode");
}

export function readBool(reader: Reader, key: Key, value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : reader.expected(key, "true or false", value);
}

export function readInt32(reader: Reader, key: Key, value: unknown, slot: Slot): number | undefined {
  const { min = -(2 ** 31), max = 2 ** 31 - 1 } = slot.field;
  const number = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= min && number <= max
    ? number
    : refuse(reader, key, `an integer from ${min} to ${max}`, value);
}

/** Text in normal form, as ProtoJSON has it. */
export function readInt64(reader: Reader, key: Key, value: unknown): string | undefined {
  const text = Number.isInteger(value) ? String(value) : value;
  return typeof text === "string" && /^-?\d{1,19}$/.test(text)
    ? text
    : refuse(reader, key, "an integer of 64 bits", value);
}

export function readEnum(reader: Reader, key: Key, value: unknown, slot: Slot): string | undefined {
  const name = slot.names?.get(value);
  if (name !== undefined || (slot.names?.has(value) && !slot.field.required)) return name;
  const allowed = [...new Set(slot.names?.values())].filter((known) => known !== undefined);
  return refuse(reader, key, `one of ${allowed.join(", ")}`, value);
}

export function readBytes(reader: Reader, key: Key, value: unknown): string | undefined {
  if (typeof value !== "string") return reader.expected(key, "a base64 string", value);
  return normalizeBase64(value) ?? reader.fail(key, "expected base64 or base64url");
}

export function readTimestamp(reader: Reader, key: Key, value: unknown): string | undefined {
  if (typeof value !== "string") return reader.expected(key, "a timestamp string", value);
  return (
    normalizeTimestamp(value) ??
    refuse(reader, key, "an RFC 3339 timestamp such as 2023-10-27T10:00:00.000Z", value)
  );
}

/** Like `reader.expected`, but shows what was given where the kind of value was right and the value was not. */
function refuse(reader: Reader, key: Key, what: string, value: unknown): undefined {
  if (typeof value === "number") return reader.fail(key, `expected ${what}, got ${value}`);
  if (typeof value !== "string") return reader.expected(key, what, value);
  const shown = value.length > 40 ? `${value.slice(0, 40)}...` : value;
  return reader.fail(key, `expected ${what}, got ${JSON.stringify(shown)}`);
}
