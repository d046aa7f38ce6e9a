/** How much work a JSON text is, seen before it is parsed: objects and lists cost a hundred times what their bytes do. */

const quote = '"'.charCodeAt(0);
const backslash = "\\".charCodeAt(0);
const square = "[".charCodeAt(0);
const curly = "{".charCodeAt(0);

/**
 * Whether the text opens more than `limit` objects and lists. Ten million bytes that are all brackets hold up
 * `JSON.parse`, and everybody else with it, for seconds; counting them takes milliseconds.
 */
export function opensMoreThan(limit: number, text: string): boolean {
  if (text.length <= limit) return false;
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if ((code === square || code === curly) && ++opened > limit) return true;
  }
  return false;
}

/** Where the string ends that begins at `start`; negative when it never does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}
