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
  let at = 0;
  const put = (byte: number) => {
    if (at === 8 || at === 13 || at === 18 || at === 23) at++;
    codes[at++] = hex[byte >> 4] as number;
    codes[at++] = hex[byte & 15] as number;
  };
  for (let scale = 2 ** 40; scale >= 1; scale /= 256) put(Math.floor(millis / scale) % 256);
  const random = () => pool[used++] as number;
  put(0x70 | (random() & 0x0f));
  put(random());
  put(0x80 | (random() & 0x3f));
  for (let i = 0; i < 7; i++) put(random());
  return String.fromCharCode.apply(null, codes);
}
