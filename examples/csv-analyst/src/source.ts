/** Finds the CSV in what the user has sent so far, and what else was said about it. */
import type { Message, Part } from "@parley/a2a/protocol";
import { isTabular } from "./format.js";
import { sniff } from "./sniff.js";
import { clip } from "./wording.js";

export type Source =
  | { kind: "bytes"; name: string; mediaType: string; bytes: Uint8Array }
  | { kind: "url"; name: string; mediaType: string; url: string };

export interface Conversation {
  /** Absent when nothing that was sent could be CSV. */
  source?: Source;
  /** Why the latest message cannot be used, when it holds something else than CSV. */
  why?: string;
  /** What was said along with the source. */
  request: string;
  /** What was said after the source was sent, oldest first. */
  answers: string[];
  notes: string[];
}

/** Bytes, and what whoever sent them says they are. */
export type Body = AsyncIterable<Uint8Array> & { mediaType?: string | undefined };

/** Opens the body of a URL. Throws SourceError when there is none. */
export type FetchUrl = (url: string, signal: AbortSignal) => Promise<Body>;

/** A source that cannot be opened: the address is no good ("refused") or did not answer well ("failed"). */
export class SourceError extends Error {
  constructor(
    readonly kind: "refused" | "failed",
    message: string,
  ) {
    super(message);
  }
}

/** The bytes of a source. Throws SourceError. */
export async function open(source: Source, fetchUrl: FetchUrl, signal: AbortSignal): Promise<Body> {
  if (source.kind === "bytes") return once(source.bytes);
  const protocol = URL.canParse(source.url) ? new URL(source.url).protocol : "";
  if (protocol === "http:" || protocol === "https:") return fetchUrl(source.url, signal);
  throw new SourceError(
    "refused",
    `I can only fetch http and https addresses, and ${clip(source.url, 100)} is not one.`,
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const mostParagraphs = 20;
const beginning = 256 * 1024;
/** Characters of a request and of an answer that are read. */
const longestRequest = 4000;
const longestAnswer = 500;

interface Found {
  source?: Source;
  /** The text of the message without the CSV. */
  said: string;
  others: number;
}

/** Reads the user's messages of a task, oldest first. A later CSV replaces an earlier one. */
export function readConversation(messages: readonly Message[]): Conversation {
  const found = messages.map((message) => findSource(message.parts));
  const at = found.findLastIndex(({ source }) => source !== undefined);
  if (at < 0) {
    const why = whyNot(messages.at(-1)?.parts ?? []);
    return { request: said(found), answers: [], notes: [], ...(why && { why }) };
  }
  const { source, others } = found[at] ?? {};
  const notes = others
    ? [`${others} more file${others > 1 ? "s were" : " was"} not read: send one CSV at a time.`]
    : [];
  return {
    source,
    notes,
    request: said(found.slice(0, at + 1)).slice(0, longestRequest),
    answers: found.slice(at + 1).map((one) => one.said.trim().slice(0, longestAnswer)),
  };
}

function said(found: Found[]): string {
  return found
    .map((one) => one.said)
    .join("\n")
    .trim();
}

function findSource(parts: readonly Part[]): Found {
  const texts = parts.flatMap((part) => (part.text !== undefined && !isCsvText(part) ? [part.text] : []));
  const files = parts.flatMap((part) => fileSource(part) ?? []);
  if (files.length > 0) {
    const source =
      files.find(({ name, mediaType }) => /csv|tsv|tab-sep/i.test(`${name} ${mediaType}`)) ?? files[0];
    return { source, said: texts.join("\n"), others: files.length - 1 };
  }
  for (const [index, text] of texts.entries()) {
    const table = findTable(text);
    if (!table) continue;
    const others = texts.filter((_, other) => other !== index);
    const source = bytesSource(table.csv, "pasted text", "text/csv");
    return { source, said: [...others, table.said].join("\n").trim(), others: 0 };
  }
  const said = texts.join("\n").trim();
  const url = findUrl(said);
  return { said, others: 0, ...(url && { source: urlSource(url) }) };
}

function fileSource(part: Part): Source | undefined {
  const mediaType = part.mediaType ?? "";
  const name = clip(part.filename ?? "", 100);
  if (part.raw !== undefined) {
    return { kind: "bytes", name: name || "data.csv", mediaType, bytes: Buffer.from(part.raw, "base64") };
  }
  if (part.url !== undefined) return { ...urlSource(part.url), mediaType, ...(name && { name }) };
  return isCsvText(part) ? bytesSource(part.text ?? "", name || "data.csv", mediaType) : undefined;
}

function isCsvText({ text, filename = "", mediaType = "" }: Part): boolean {
  return text !== undefined && /csv|tab-sep/i.test(`${filename} ${mediaType}`);
}

function bytesSource(text: string, name: string, mediaType: string): Source {
  return { kind: "bytes", name, mediaType, bytes: new TextEncoder().encode(text) };
}

function urlSource(url: string): Source {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  return { kind: "url", name: clip(lastSegment(path), 100) || "data.csv", mediaType: "", url };
}

function lastSegment(path: string): string {
  const segment = path.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A table in a text: a fenced block, all of it, a paragraph, or all but the first line. */
function findTable(text: string): { csv: string; said: string } | undefined {
  if (!text.includes("\n")) return undefined;
  const fence = /```[\w-]*\r?\n([\s\S]*?)```/.exec(text);
  if (fence?.[1] && isTabular(fence[1])) return { csv: fence[1], said: text.replace(fence[0], " ").trim() };
  const start = text.search(/\S|$/);
  const end = text.indexOf("\n", start);
  const firstLine = text.slice(start, end < 0 ? undefined : end).trimEnd();
  // What ends like a sentence is no header.
  if (!/[:.,!?]$/.test(firstLine) && isTabular(text)) return { csv: text, said: "" };
  const paragraphs = text.split(/\r?\n\s*\r?\n/, mostParagraphs);
  const table = paragraphs.find((paragraph) => paragraph.includes("\n") && isTabular(paragraph));
  if (table !== undefined && paragraphs.length > 1) {
    const at = text.indexOf(table);
    return { csv: table, said: `${text.slice(0, at)}\n${text.slice(at + table.length)}`.trim() };
  }
  const rest = end < 0 ? "" : text.slice(end + 1);
  return rest.includes("\n") && isTabular(rest) ? { csv: rest, said: firstLine } : undefined;
}

/** The first web address in a text, one that names a CSV before any other. */
function findUrl(text: string): string | undefined {
  const urls = (text.match(/https?:\/\/[^\s<>"'`]+/gi) ?? []).map(withoutPunctuation);
  return urls.find((url) => /\.(?:csv|tsv|txt)(?:$|[?#])/i.test(url)) ?? urls[0];
}

/** A sentence goes on after an address. No pattern: one takes time squared for an address full of dots. */
function withoutPunctuation(url: string): string {
  let end = url.length;
  while (end > 0 && ".,;:!?)]}".includes(url.charAt(end - 1))) end--;
  return url.slice(0, end);
}

function whyNot(parts: readonly Part[]): string | undefined {
  if (parts.some((part) => part.data !== undefined)) return "It holds structured data (JSON), not CSV.";
  const text = parts
    .flatMap((part) => (part.text !== undefined ? [part.text] : []))
    .join("\n")
    .trim();
  if (/^[<[{]/.test(text))
    return sniff(new TextEncoder().encode(text.slice(0, beginning)), text.length <= beginning).why;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "").length;
  return lines > 3 || text.length > 1000
    ? "The text holds no table: its lines share no delimiter."
    : undefined;
}
