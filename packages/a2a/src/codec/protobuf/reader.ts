/** Protobuf's wire format, the reading side. Everything that breaks it is a {@link WireError}. */
import { WireType } from "./writer.js";

/** The bytes are not what protobuf's wire format says. */
export class WireError extends Error {
  override readonly name = "WireError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Strings up to this length are tried as ASCII first, which is faster than the platform's decoder. */
const shortLength = 48;
const units: number[] = [];

/** How deep groups, which proto3 only knows for skipping them, may be nested. */
const maxGroups = 64;

export class Reader {
  readonly #bytes: Uint8Array;
  #view: DataView | undefined;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The end of a message that begins with its length. */
  delimited(end: number): number {
    const length = this.varint(end);
    if (length > end - this.position) throw new WireError("a length goes past the end");
    return this.position + length;
  }

  /** The low 32 bits of a varint, unsigned. */
  varint(end: number): number {
    return this.int64(end) >>> 0;
  }

  /** Number and wire type of a field. */
  tag(end: number): number {
    const tag = this.int64(end);
    if (tag < 8 || tag > 0xffff_ffff) throw new WireError("no field has this number");
    return tag;
  }

  /** An int64, exact up to 2^53. */
  int64(end: number): number {
    const first = this.#bytes[this.position] as number;
    if (first < 128 && this.position < end) {
      this.position++;
      return first;
    }
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= end) throw new WireError("a number breaks off");
      const byte = this.#bytes[this.position++] as number;
      if (shift < 28) low |= (byte & 127) << shift;
      else if (shift < 56) middle |= (byte & 127) << (shift - 28);
      else high |= (byte & 127) << (shift - 56);
      if (byte < 128) return ((high << 24) | (middle >>> 4)) * 2 ** 32 + ((low | (middle << 28)) >>> 0);
    }
    throw new WireError("a number is longer than ten bytes");
  }

  /** A bool is true when any bit of its varint is set. */
  bool(end: number): boolean {
    return this.int64(end) !== 0;
  }

  double(end: number): number {
    if (end - this.position < 8) throw new WireError("a number breaks off");
    this.position += 8;
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view.getFloat64(this.position - 8, true);
  }

  string(limit: number): string {
    const end = this.delimited(limit);
    const start = this.position;
    this.position = end;
    const bytes = this.#bytes;
    const length = end - start;
    if (length <= shortLength) {
      units.length = length;
      let seen = 0;
      for (let i = 0; i < length; i++) {
        const byte = bytes[start + i] as number;
        units[i] = byte;
        seen |= byte;
      }
      if (seen < 128) return String.fromCharCode.apply(null, units);
    }
    try {
      return utf8.decode(bytes.subarray(start, end));
    } catch {
      throw new WireError("a string is not UTF-8");
    }
  }

  /** A view of the bytes, not a copy. */
  bytes(limit: number): Uint8Array {
    const end = this.delimited(limit);
    const value = this.#bytes.subarray(this.position, end);
    this.position = end;
    return value;
  }

  /** Passes over the value of a field that is not known. */
  skip(tag: number, end: number): void {
    const groups: number[] = [];
    for (let current = tag; ; current = this.tag(end)) {
      const number = current >>> 3;
      const type = current & 7;
      if (type === WireType.startGroup) groups.push(number);
      else if (type !== WireType.endGroup) this.#skipValue(type, end);
      else if (groups.pop() !== number) throw new WireError("a group ends that was not begun");
      if (groups.length === 0) return;
      if (groups.length > maxGroups) throw new WireError("groups are nested too deep");
    }
  }

  #skipValue(type: number, end: number): void {
    switch (type) {
      case WireType.varint:
        this.varint(end);
        return;
      case WireType.fixed64:
        return this.#pass(8, end);
      case WireType.delimited:
        this.position = this.delimited(end);
        return;
      case WireType.fixed32:
        return this.#pass(4, end);
      default:
        throw new WireError(`wire type ${type}`);
    }
  }

  #pass(count: number, end: number): void {
    if (end - this.position < count) throw new WireError("a number breaks off");
    this.position += count;
  }
}
