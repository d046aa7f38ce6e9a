/** A schema arranged for bytes: per message its fields in order, and by number. */
import type { EnumSchema, Field } from "../../protocol/index.js";
import { Kind, type Schema } from "../shapes.js";
import { WireType } from "./writer.js";

export interface FieldTable {
  /** JSON name. */
  readonly name: string;
  readonly kind: (typeof Kind)[keyof typeof Kind];
  readonly list: boolean;
  readonly map: boolean;
  /** Number and wire type as they are written. A map's is that of its entries. */
  readonly tag: number;
  /** Wire type of one value. */
  readonly wireType: number;
  /** A list of numbers, which go side by side in one field. */
  readonly packed: boolean;
  /** Its default is not written, as it has no presence. */
  readonly implicit: boolean;
  /** The other members of its oneof. */
  readonly rivals: readonly string[];
  /** For `Kind.message`. */
  readonly message: MessageTable | undefined;
  /** For `Kind.enum`. */
  readonly enum: EnumTable | undefined;
}

export interface EnumTable {
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
}

export interface MessageTable {
  readonly fields: readonly FieldTable[];
  /** Indexed by field number. */
  readonly byNumber: readonly (FieldTable | undefined)[];
}

type Building = { fields: FieldTable[]; byNumber: (FieldTable | undefined)[] };

export function tablesOf({ messages, enums = {} }: Schema): ReadonlyMap<string, MessageTable> {
  const tables = new Map<string, Building>(
    Object.keys(messages).map((name) => [name, { fields: [], byNumber: [] }]),
  );
  const enumTables = new Map(Object.entries(enums).map(([name, schema]) => [name, enumTable(schema)]));
  for (const [name, { fields }] of Object.entries(messages)) {
    const table = tables.get(name) as Building;
    for (const [key, field] of Object.entries(fields)) {
      const rivals = Object.keys(fields).filter(
        (other) => field.oneof !== undefined && other !== key && fields[other]?.oneof === field.oneof,
      );
      const entry = fieldTable(key, field, rivals, tables.get(field.type), enumTables.get(field.type));
      table.fields.push(entry);
      table.byNumber[field.number] = entry;
    }
  }
  return tables;
}

function fieldTable(
  name: string,
  field: Field,
  rivals: readonly string[],
  message: MessageTable | undefined,
  enumTable: EnumTable | undefined,
): FieldTable {
  const { list = false, map = false, number, type } = field;
  const kind = message ? Kind.message : enumTable ? Kind.enum : Kind[type as keyof typeof Kind];
  if (kind === undefined) throw new TypeError(`${name} is of type ${type}, which the schema does not have`);
  const numeric = kind === Kind.bool || kind === Kind.int32 || kind === Kind.int64 || kind === Kind.enum;
  const wireType = numeric ? WireType.varint : WireType.delimited;
  const packed = list && numeric;
  const scalar = numeric || kind === Kind.string || kind === Kind.bytes;
  return {
    name,
    kind,
    list,
    map,
    tag: (number << 3) | (map || packed ? WireType.delimited : wireType),
    wireType,
    packed,
    implicit: scalar && !list && !map && !field.optional && field.oneof === undefined,
    rivals,
    message,
    enum: enumTable,
  };
}

function enumTable({ values }: EnumSchema): EnumTable {
  const pairs = Object.entries(values).map(([name, { number }]) => [name, number] as const);
  return { numbers: new Map(pairs), names: new Map(pairs.map(([name, number]) => [number, name])) };
}
