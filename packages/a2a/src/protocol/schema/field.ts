/** The vocabulary in which the schema is written. */

/** Field types that are neither an enum nor a message of the protocol. */
export type Scalar = "string" | "bool" | "int32" | "int64" | "bytes" | "timestamp" | "struct" | "value";

export interface Field {
  /** Proto field number. */
  readonly number: number;
  /** Its name in the proto file, where {@link protoName} is not it. */
  readonly protoName?: string;
  /** A {@link Scalar}, or the name of an enum or a message. */
  readonly type: string;
  readonly doc: string;
  /** `repeated`: an array of `type`. */
  readonly list?: true;
  /** `map<string, type>`: an object with values of `type`. */
  readonly map?: true;
  /** `field_behavior = REQUIRED`. */
  readonly required?: true;
  /** The proto `optional` keyword: set-to-default differs from unset. */
  readonly optional?: true;
  /** Name of the oneof group; exactly one field of a group is set. */
  readonly oneof?: string;
  readonly deprecated?: true;
  /** Least and greatest value of an int32. */
  readonly min?: number;
  readonly max?: number;
  /** Required, but its empty value is as good as any (`nextPageToken`). */
  readonly emptyAllowed?: true;
  /** Not even a lenient reader can do without it. */
  readonly essential?: true;
}

export interface MessageSchema {
  readonly doc: string;
  /** Keyed by JSON name. */
  readonly fields: Readonly<Record<string, Field>>;
}

export interface EnumSchema {
  readonly doc: string;
  readonly values: Readonly<Record<string, { readonly number: number; readonly doc: string }>>;
}

type Flags = Partial<Omit<Field, "number" | "type" | "doc" | "list" | "map">>;

export const required: Flags = { required: true };
export const optional: Flags = { optional: true };

export function one(number: number, type: string, doc: string, flags?: Flags): Field {
  return { number, type, doc, ...flags };
}

export function list(number: number, type: string, doc: string, flags?: Flags): Field {
  return { number, type, doc, list: true, ...flags };
}

export function map(number: number, type: string, doc: string, flags?: Flags): Field {
  return { number, type, doc, map: true, ...flags };
}

/** The fields of one oneof group, to be spread into a message. */
export function oneof(name: string, fields: Record<string, Field>): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, { ...field, oneof: name }]));
}

export function message(doc: string, fields: Record<string, Field>): MessageSchema {
  return { doc, fields };
}

/** The field name of the proto file: `contextId` is `context_id` there. */
export function protoName(jsonName: string): string {
  return jsonName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
