/** What gRPC puts on HTTP/2: messages with their length in front, and a status with typed details. */
import { Buffer } from "node:buffer";
import type { Fields } from "./json.js";

/** A message as a frame that is not compressed. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Bytes of one message that are read. */
const longest = 8_000_000;

/** Cuts the messages out of what arrives. */
export class Unframer {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws Error when a message is longer than any answer to the kit could be */
  push(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Buffer[] = [];
    while (this.#rest.length >= 5) {
      const end = 5 + this.#rest.readUInt32BE(1);
      if (end > longest) throw new Error(`a message is longer than ${longest} bytes`);
      if (this.#rest.length < end) break;
      messages.push(this.#rest.subarray(5, end));
      this.#rest = this.#rest.subarray(end);
    }
    return messages;
  }
}

/** The length-delimited fields of a protobuf message, by number; others are passed over. */
function delimited(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; at < bytes.length; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) varint();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else if (type === 2) {
      const length = varint();
      fields.set(number, [...(fields.get(number) ?? []), bytes.subarray(at, at + length)]);
      at += length;
    } else break;
  }
  return fields;
}

/** The details of a google.rpc.Status, as far as A2A uses them: ErrorInfo with its members, others by type alone. */
export function statusDetails(status: Buffer): Fields[] {
  return (delimited(status).get(3) ?? []).map((any) => {
    const fields = delimited(any);
    const type = String(fields.get(1)?.[0] ?? "");
    const value = delimited(fields.get(2)?.[0] ?? Buffer.alloc(0));
    if (!type.endsWith("/google.rpc.ErrorInfo")) return { "@type": type };
    return {
      "@type": type,
      reason: String(value.get(1)?.[0] ?? ""),
      domain: String(value.get(2)?.[0] ?? ""),
    };
  });
}
