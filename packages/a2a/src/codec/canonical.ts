/// <reference lib="es2024.string" />
/** Canonical JSON (RFC 8785) and the canonical form of agent cards that signatures cover (spec 8.4.1). */
import type { Field } from "../protocol/index.js";
import { emptyValue, type Shape, shapeOf } from "./shapes.js";

type Members = Readonly<Record<string, unknown>>;

/**
 * JSON text with sorted members and no white space, equal for equal values (RFC 8785).
 * Throws a TypeError for what JSON cannot carry: lone surrogates, NaN, functions and the like.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const source = value as Members;
    const members = Object.keys(source)
      .filter((key) => source[key] !== undefined)
      .sort()
      .map((key) => `${canonicalJson(key)}:${canonicalJson(source[key])}`);
    return `{${members.join(",")}}`;
  }
  const carried =
    value === null ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value)) ||
    (typeof value === "string" && value.isWellFormed());
  if (!carried) throw new TypeError(`JSON cannot carry ${typeof value} ${String(value)}`);
  return JSON.stringify(value);
}

/**
 * The text that signatures of an agent card cover: no `signatures`, no fields that hold their default
 * unless they are required or `optional` and set. Members the schema does not know stay as they are.
 */
export function canonicalCard(card: object): string {
  const { signatures: _, ...signed } = card as Members;
  return canonicalJson(explicit(shapeOf("AgentCard"), signed));
}

/** The message without implicit defaults and with the required ones. */
function explicit(shape: Shape, message: unknown): unknown {
  if (typeof message !== "object" || message === null) return message;
  const source = message as Members;
  const members = Object.entries(source).filter(([name]) => !shape.byName.has(name));
  for (const { name, field, shape: inner } of shape.slots) {
    const absent = field.required ? (emptyValue(field) ?? (inner && {})) : undefined;
    const value = source[name] ?? absent;
    const implicit = !field.required && !field.optional && !field.oneof && isEmpty(field, value);
    if (value !== undefined && !implicit) members.push([name, inner ? inside(field, inner, value) : value]);
  }
  return Object.fromEntries(members);
}

function inside(field: Field, shape: Shape, value: unknown): unknown {
  if (field.list && Array.isArray(value)) return value.map((element) => explicit(shape, element));
  if (!field.map || typeof value !== "object" || value === null) return explicit(shape, value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, explicit(shape, entry)]));
}

function isEmpty(field: Field, value: unknown): boolean {
  const empty = emptyValue(field);
  if (typeof empty !== "object" || typeof value !== "object") return value === empty;
  return value !== null && Object.keys(value).length === 0;
}
