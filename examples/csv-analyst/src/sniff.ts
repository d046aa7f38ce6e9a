/** What the first bytes of a file give away: a text encoding, or why it cannot be CSV. */

/** `encoding` as TextDecoder names it. */
export type Sniffed = { encoding: string; why?: undefined } | { why: string };

const signatures: readonly (readonly [string, string])[] = [
  ["%PDF-", "a PDF document"],
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  ["RIFF", "a media file"],
  ["PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"],
  ["\xd0\xcf\x11\xe0", "an old Excel or Office file"],
  ["\x1f\x8b", "compressed with gzip"],
  ["BZh", "compressed with bzip2"],
  ["\x28\xb5\x2f\xfd", "compressed with Zstandard"],
  ["SQLite format 3", "an SQLite database"],
  ["PAR1", "a Parquet file"],
  ["{\\rtf", "a rich text document"],
];

/** Looks at the beginning of a file. `complete`: there is nothing after `head`. `legacy`: what it is in when not in Unicode. */
export function sniff(head: Uint8Array, complete: boolean, legacy = "windows-1252"): Sniffed {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString("latin1");
  const signature = signatures.find(([prefix]) => start.startsWith(prefix));
  if (signature) return { why: `It is ${signature[1]}.` };
  const encoding = utf16(head) ?? (isUtf8(head, complete) ? "utf-8" : legacy);
  const text = new TextDecoder(encoding).decode(head).trimStart();
  if (text === "") return { why: complete ? "It is empty." : "It begins with nothing but blanks." };
  const why = markup(text, complete) ?? control(text);
  return why ? { why } : { encoding };
}

/** The encoding of bytes that are no Unicode, as a media type has it; Windows-1252 when that says nothing one can read. */
export function legacyEncoding(mediaType: string): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1] ?? "";
  try {
    const { encoding } = new TextDecoder(charset);
    return encoding.startsWith("utf-") ? "windows-1252" : encoding;
  } catch {
    return "windows-1252";
  }
}

/** By its byte order mark; without one, by every second byte of the beginning being zero. */
function utf16(head: Uint8Array): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const some = head.subarray(0, 1024);
  for (const [at, byte] of some.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > some.length / 4 && even === 0) return "utf-16le";
  return even > some.length / 4 && odd === 0 ? "utf-16be" : undefined;
}

/** `complete`: nothing comes after them that could end a character they break off in. */
export function isUtf8(bytes: Uint8Array, complete: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !complete });
    return true;
  } catch {
    return false;
  }
}

function markup(text: string, complete: boolean): string | undefined {
  if (/^<(?:!doctype html|html|head|body|div|p|table)\b/i.test(text)) return "It is an HTML page.";
  if (/^<(?:\?xml|svg|[a-z][\w:.-]*[\s/>])/i.test(text)) return "It is XML.";
  if (!/^[[{]/.test(text)) return undefined;
  const firstLine = text.slice(0, text.search(/\r?\n|$/));
  const looksLikeJson = /^[[{]\s*(?:$|["{[\]}]|-?\d|true|false|null)/.test(text);
  return isJson(firstLine) || (complete ? isJson(text) : looksLikeJson) ? "It is JSON." : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function control(text: string): string | undefined {
  const sample = text.slice(0, 4096);
  const odd = sample.replace(/[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/g, "").length;
  return odd > sample.length / 100 ? "It is binary data, not text." : undefined;
}
