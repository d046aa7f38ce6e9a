/**
 * Protobuf: messages in ProtoJSON shape to bytes and back, driven by the schema
 * (docs/decisions/0006-protobuf.md). The gRPC binding calls it; what `decode` gives still has to pass
 * the codec's `check`, as parsed JSON does, and what `encode` takes has passed it. No code is generated,
 * and no package is needed.
 */
import type { MessageName, Messages } from "../../protocol/index.js";
import { type Schema, schema } from "../shapes.js";
import { readFields } from "./decode.js";
import { writeFields } from "./encode.js";
import { Reader } from "./reader.js";
import { tablesOf } from "./table.js";
import { Writer } from "./writer.js";

export type { Schema } from "../shapes.js";
export { WireError } from "./reader.js";

/** Bytes and messages of one schema, by the messages' names in it. */
export interface Protobuf {
  /** @param message In normal form; members that are no fields are left out. */
  encode(name: string, message: object): Uint8Array<ArrayBuffer>;
  /**
   * The message in ProtoJSON shape. Unknown fields are dropped, unknown enum values are numbers.
   * @throws WireError
   */
  decode(name: string, bytes: Uint8Array): Record<string, unknown>;
}

const made = new WeakMap<Schema, Protobuf>();

/** The codec of a schema, any that is written in the vocabulary of `protocol/schema`. */
export function protobuf(schema: Schema): Protobuf {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const codec = make(schema);
  made.set(schema, codec);
  return codec;
}

function make(schema: Schema): Protobuf {
  const tables = tablesOf(schema);
  const tableOf = (name: string) => {
    const table = tables.get(name);
    if (table === undefined) throw new TypeError(`The schema has no message ${name}`);
    return table;
  };
  const writer = new Writer();
  return {
    encode(name, message) {
      writer.reset();
      writeFields(writer, tableOf(name), message);
      return writer.finish();
    },
    decode: (name, bytes) => readFields(new Reader(bytes), tableOf(name), bytes.length),
  };
}

/** The messages of A2A 1.0. */
export const a2a: Protobuf = protobuf(schema);

/** A message of A2A 1.0, which has passed the check, as bytes. */
export function encode<N extends MessageName>(name: N, message: Messages[N]): Uint8Array<ArrayBuffer> {
  return a2a.encode(name, message);
}

/**
 * What bytes say as a message of A2A 1.0, to be checked.
 * @throws WireError
 */
export function decode(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  return a2a.decode(name, bytes);
}
