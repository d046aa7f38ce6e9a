/** One request and what came back, as a person can read it. */

export interface Exchange {
  readonly sent: string;
  /** Grows while a stream is open. */
  received: string;
}

/** What is kept of a text that is only shown. */
const shown = 2_000;

export function shorten(text: string): string {
  return text.length <= shown ? text : `${text.slice(0, shown)}… (${text.length} characters)`;
}

const hidden = /^(authorization|proxy-authorization|cookie|set-cookie)$|api-?key|token|secret/i;

/** Header fields, one a line, without credentials. */
export function headerLines(
  headers: Iterable<readonly [string, string]>,
  secret: ReadonlySet<string>,
): string {
  return [...headers]
    .map(([name, value]) => `${name}: ${hidden.test(name) || secret.has(name) ? "[redacted]" : value}`)
    .join("\n");
}

/** A request or an answer: its first line, its header fields, its body. */
export function textOf(line: string, headers: string, body: string): string {
  return [line, ...(headers ? [headers] : []), ...(body ? ["", shorten(body)] : [])].join("\n");
}
