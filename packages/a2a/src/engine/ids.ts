/** Time-ordered ids (UUID version 7), written byte by byte: a flat string is cheap to keep in a Map, a concatenated one is not. */

const hex = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const codes = new Array<number>(36).fill("-".charCodeAt(0));
const pool = new Uint8Array(4096);
let used = pool.length;

/** A new id: 36 characters, sorting by the millisecond it was made in. */
export function newId(millis: number = Date.now()): string {
  if (used + 10 > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const high = Math.floor(millis / 0x10000);
  putPair(0, high >>> 24, high >>> 16);
  putPair(4, high >>> 8, high);
  putPair(9, millis >>> 8, millis);
  putPair(14, 0x70 | (next() & 0x0f), next());
  putPair(19, 0x80 | (next() & 0x3f), next());
  putPair(24, next(), next());
  putPair(28, next(), next());
  putPair(32, next(), next());
  return String.fromCharCode.apply(null, codes);
}

const next = (): number => pool[used++] as number;

/** Writes the low bytes of two numbers as four hex digits. */
function putPair(at: number, first: number, second: number): void {
  codes[at] = hex[(first >>> 4) & 15] as number;
  codes[at + 1] = hex[first & 15] as number;
  codes[at + 2] = hex[(second >>> 4) & 15] as number;
  codes[at + 3] = hex[second & 15] as number;
}
