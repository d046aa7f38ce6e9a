/** Protobuf's wire format, the writing side. Nested messages are written in place; only their length moves. */

const utf8 = new TextEncoder();

/** Strings up to this length are tried as ASCII first, which is faster than the platform's encoder. */
const shortLength = 48;

export const WireType = {
  varint: 0,
  fixed64: 1,
  delimited: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;

/** A writer keeps its buffer for the next message, unless it has grown past this. */
const keptBytes = 256 * 1024;

/** Small messages share memory: a piece of its own costs each of them more than writing it. */
const slabBytes = 64 * 1024;
const smallBytes = 4 * 1024;

export class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #slab = new Uint8Array(0);
  #used = 0;

  /** Forgets what was written. */
  reset(): void {
    this.#length = 0;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    const length = this.#length;
    if (length <= smallBytes) return this.#share(this.#bytes.subarray(0, length));
    const bytes = this.#bytes.slice(0, length);
    if (this.#bytes.length > keptBytes) this.#allocate(1024);
    return bytes;
  }

  #share(message: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = this.#used;
    const end = start + message.length;
    if (end > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
      return this.#share(message);
    }
    this.#slab.set(message, start);
    this.#used = end;
    return this.#slab.subarray(start, end);
  }

  /** An unsigned integer below 2^53. */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An int32 or int64 from -2^53 to 2^53. Negative ones take ten bytes. */
  int(value: number): void {
    if (value >= 0) return this.varint(value);
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    this.#bytes[this.#length++] = Number(rest);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Length and UTF-8. Lone surrogates become U+FFFD. */
  string(text: string): void {
    if (text.length <= shortLength && this.#ascii(text)) return;
    const start = this.begin();
    this.#reserve(text.length * 3);
    this.#length += utf8.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    this.end(start);
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Opens something whose length comes before it. @returns what `end` needs. */
  begin(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  /** Closes it. A length of more than one byte moves the content. */
  end(start: number): void {
    const length = this.#length - start;
    if (length < 128) {
      this.#bytes[start - 1] = length;
      return;
    }
    const extra = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : length < 0x1000_0000 ? 3 : 4;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, this.#length);
    this.#length = start - 1;
    this.varint(length);
    this.#length += length;
  }

  /** @returns false, with nothing written, when the text is not ASCII. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const start = this.#length + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return false;
      this.#bytes[start + i] = unit;
    }
    this.#bytes[start - 1] = length;
    this.#length = start + length;
    return true;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const written = this.#bytes.subarray(0, this.#length);
    this.#allocate(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.set(written);
  }

  #allocate(size: number): void {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }
}
