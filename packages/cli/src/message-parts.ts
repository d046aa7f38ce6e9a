/** The parts of an outgoing message from the flags of `send`, in the order they were written (10.2). */
import { basename } from "node:path";
import type { JsonValue, Part } from "@parley/a2a/protocol";
import type { Context, PartFlag } from "./context.js";
import type { Io } from "./io.js";
import { localPath, readLocal } from "./local-file.js";
import { mediaTypeOf } from "./media-types.js";
import { usage } from "./output/index.js";

/**
 * The positional text comes first, then one part per flag.
 * @throws Failure A2ACLI_ERR_USAGE for a file that cannot be read, bad JSON, a stray --media-type, or nothing to send
 */
export async function messageParts({ args, parts: flags, io }: Context): Promise<Part[]> {
  const stdin = onceOnly(io);
  const parts: Part[] = [];
  const [text] = args;
  if (text !== undefined) parts.push({ text: text === "-" ? await stdin() : text });
  for (const { flag, mediaType } of pairMediaTypes(flags))
    parts.push(await toPart(flag, mediaType, io, stdin));
  if (parts.length === 0) throw usage("there is nothing to send", 'Try: parley send -a <agent> "Hello"');
  return parts;
}

interface TypedFlag {
  readonly flag: PartFlag;
  readonly mediaType?: string;
}

function pairMediaTypes(flags: readonly PartFlag[]): TypedFlag[] {
  const typed: TypedFlag[] = [];
  for (const flag of flags) {
    if (flag.kind !== "media-type") {
      typed.push({ flag });
      continue;
    }
    const last = typed.pop();
    if (last === undefined || last.mediaType !== undefined)
      throw usage("--media-type must follow the --text, --file or --data it is about");
    if (!/^[\w.+-]+\/[\w.+*-]+(\s*;.*)?$/.test(flag.value))
      throw usage(`--media-type: "${flag.value}" is not a media type`, "Write it like text/csv.");
    typed.push({ flag: last.flag, mediaType: flag.value });
  }
  return typed;
}

async function toPart(
  { kind, value }: PartFlag,
  mediaType: string | undefined,
  io: Io,
  stdin: () => Promise<string>,
): Promise<Part> {
  const typed = mediaType === undefined ? {} : { mediaType };
  if (kind === "text") return { text: value, ...typed };
  if (kind === "data") {
    const source =
      value === "-" ? await stdin() : (await readLocal("--data", value, io.cwd)).toString("utf8");
    return { data: parseJson(source, value), ...typed };
  }
  if (/^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(value)) return urlPart(value, mediaType);
  const filename = basename(localPath(value, io.cwd));
  const guessed = mediaType ?? mediaTypeOf(filename);
  const raw = (await readLocal("--file", value, io.cwd)).toString("base64");
  return { raw, filename, ...(guessed !== undefined && { mediaType: guessed }) };
}

/** By reference: the agent fetches it, not we. */
function urlPart(value: string, mediaType: string | undefined): Part {
  if (!URL.canParse(value)) throw usage(`--file: "${value}" is not a URL`);
  const filename = decodeURIComponentSafely(new URL(value).pathname.split("/").at(-1) ?? "");
  const guessed = mediaType ?? mediaTypeOf(filename);
  return {
    url: value,
    ...(filename !== "" && { filename }),
    ...(guessed !== undefined && { mediaType: guessed }),
  };
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseJson(text: string, origin: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw usage(`--data: ${origin === "-" ? "stdin" : origin} is not JSON`);
  }
}

function onceOnly(io: Io): () => Promise<string> {
  let used = false;
  return async () => {
    if (used) throw usage("stdin can be read only once");
    used = true;
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString("utf8");
  };
}
