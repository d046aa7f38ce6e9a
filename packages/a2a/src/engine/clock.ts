/** The engine's clock: milliseconds that never step back, and their ISO text made once a millisecond. */

let last = 0;
let lastText = "";

/** Now, in milliseconds since 1970; never less than an answer given before. */
function now(): number {
  const millis = Date.now();
  if (millis > last) {
    last = millis;
    lastText = "";
  }
  return last;
}

/** `now()` as a Timestamp, for example `2025-10-28T10:30:00.000Z`. */
export function timestamp(): string {
  now();
  lastText ||= new Date(last).toISOString();
  return lastText;
}

/** A Timestamp in milliseconds. */
export function millisOf(text: string): number {
  return text === lastText ? last : Date.parse(text);
}
