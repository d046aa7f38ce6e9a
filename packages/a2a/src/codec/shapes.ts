/** The schema arranged for reading: per message a look-up by either spelling of a field's name. */
import {
  type EnumSchema,
  enums,
  type Field,
  type MessageSchema,
  messages,
  protoName,
} from "../protocol/index.js";

/** Messages and enums by name, written in the vocabulary of `protocol/schema`. */
export interface Schema {
  readonly messages: Readonly<Record<string, MessageSchema>>;
  readonly enums?: Readonly<Record<string, EnumSchema>>;
}

/** That of A2A 1.0. */
export const schema: Schema = { messages, enums };

/** What a field holds. Numbers, because the reader switches on them for every field of every request. */
export const Kind = {
  string: 0,
  message: 1,
  enum: 2,
  bool: 3,
  int32: 4,
  bytes: 5,
  timestamp: 6,
  struct: 7,
  value: 8,
  int64: 9,
} as const;

/** A field as the reader sees it. */
export interface Slot {
  /** JSON name. */
  readonly name: string;
  /** Its bit in the set of fields that were given. */
  readonly bit: number;
  readonly kind: (typeof Kind)[keyof typeof Kind];
  readonly field: Field;
  /** For `Kind.message`. */
  readonly shape: Shape | undefined;
  /** For `Kind.enum`: canonical name by name and by number; undefined stands for unspecified. */
  readonly names: ReadonlyMap<unknown, string | undefined> | undefined;
  /** A required string or list that an empty one does not satisfy. */
  readonly filled: boolean;
  /** A string without presence: proto3 says that an empty one is unset. */
  readonly blankIsUnset: boolean;
}

export interface Shape {
  readonly slots: readonly Slot[];
  readonly byName: ReadonlyMap<string, Slot>;
  /** Bits of the required fields. */
  readonly required: number;
  /** Bits of the fields of which exactly one must be given. */
  readonly oneof: number;
}

type EnumNames = ReadonlyMap<string, ReadonlyMap<unknown, string | undefined>>;

type Building = { slots: Slot[]; byName: Map<string, Slot>; required: number; oneof: number };

/** Gives the shape of a message by its name. */
export type ShapeOf = (message: string) => Shape;

export function shapesOf({ messages, enums = {} }: Schema): ShapeOf {
  const shapes = new Map<string, Building>(
    Object.keys(messages).map((name) => [name, { slots: [], byName: new Map(), required: 0, oneof: 0 }]),
  );
  const enumNames: EnumNames = new Map(
    Object.entries(enums).map(([name, schema]) => [name, namesOf(schema)]),
  );
  for (const [message, shape] of shapes) {
    for (const [name, field] of Object.entries(messages[message]?.fields ?? {})) {
      const slot = slotOf(name, field, 1 << shape.slots.length, shapes.get(field.type), enumNames);
      shape.slots.push(slot);
      shape.byName.set(name, slot).set(protoName(name), slot);
      if (field.required) shape.required |= slot.bit;
      if (field.oneof) shape.oneof |= slot.bit;
    }
  }
  return (message) => {
    const shape = shapes.get(message);
    if (shape === undefined) throw new TypeError(`The schema has no message ${message}`);
    return shape;
  };
}

/** Of A2A 1.0. */
export const shapeOf: ShapeOf = shapesOf(schema);

/** The value that leaving a field out stands for; undefined for fields that have presence. */
export function emptyValue({ list, map, type }: Field): unknown {
  if (list) return [];
  if (map) return {};
  return type === "string" || type === "bytes"
    ? ""
    : type === "int32"
      ? 0
      : type === "bool"
        ? false
        : undefined;
}

function slotOf(
  name: string,
  field: Field,
  bit: number,
  shape: Shape | undefined,
  enumNames: EnumNames,
): Slot {
  const { type } = field;
  const names = enumNames.get(type);
  const kind = shape ? Kind.message : names ? Kind.enum : Kind[type as keyof typeof Kind];
  const required = field.required === true;
  const filled = required && !field.emptyAllowed && (field.list === true || type === "string");
  const plain = !field.optional && !field.oneof && !field.list && !field.map;
  const blankIsUnset = type === "string" && !required && plain;
  return { name, bit, kind, field, shape, names, filled, blankIsUnset };
}

function namesOf({ values }: EnumSchema): Map<unknown, string | undefined> {
  const names = new Map<unknown, string | undefined>();
  for (const [name, { number }] of Object.entries(values)) {
    const canonical = number === 0 ? undefined : name;
    names.set(name, canonical).set(number, canonical);
  }
  return names;
}
