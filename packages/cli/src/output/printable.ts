/**
 * Agents write what we print, so nothing of theirs may steer a terminal: control characters, bidirectional
 * overrides and invisible separators are shown as escapes, never emitted.
 */

/** C0 and C1 controls, DEL, soft invisibles, line separators, bidirectional controls, and tags, which hide whole sentences. */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** Text that fits on one line. */
export function oneLine(text: string): string {
  return text.replace(unsafe, visible);
}

/** Text of several lines; tabs stay. */
export function lines(text: string): string[] {
  return text.replaceAll("\r\n", "\n").split("\n").map(oneLineWithTabs);
}

/** JSON with the same value, in which the characters above are written as escapes. */
export function safeJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? "null").replace(unsafe, (character) =>
    character === "\n" ? character : unicodeEscape(character),
  );
}

/** One word of a shell command, quoted where it has to be. */
export function shellWord(text: string): string {
  const safe = oneLine(text);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

function oneLineWithTabs(text: string): string {
  return text.replace(unsafe, (character) => (character === "\t" ? character : visible(character)));
}

function visible(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return unicodeEscape(character);
}

/** As JSON writes it: two escapes for a character of two code units. */
function unicodeEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
