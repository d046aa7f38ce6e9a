/**
 * CSV bytes into rows, a chunk at a time: memory does not grow with the file.
 * `readRows` streams; `parseSample` reads the beginning at once, to look before reading.
 */
import { isAscii } from "node:buffer";
import { CsvError, type Options, Parser } from "csv-parse";
import { parse } from "csv-parse/sync";
import { isUtf8 } from "./sniff.js";
import { number } from "./wording.js";

const chunkSize = 64 * 1024;
const longestRecord = 1024 * 1024;

/** A file that stops being CSV: says where and what was expected. */
export class NotCsvError extends Error {}

export interface Format {
  delimiter: string;
  encoding: string;
  /** What bytes that are no UTF-8 are in, when the beginning was ASCII. */
  legacy: string;
}

/** Some rows, how many bytes they took, and the encoding they are in. */
export interface Batch {
  rows: string[][];
  bytes: number;
  encoding: string;
}

/** The rows of a stream in batches, blank lines left out, every cell trimmed. Throws NotCsvError, or why `signal` was aborted. */
export async function* readRows(
  bytes: AsyncIterable<Uint8Array>,
  format: Format,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  let rows: string[][] = [];
  const parser = new Parser(options(format.delimiter));
  let failure: Error | undefined;
  parser.on("error", (error) => {
    failure = error;
  });
  parser.on("data", (row: string[]) => rows.push(row.map((cell) => cell.trim())));
  try {
    let { encoding } = format;
    for await (const { text, size, encoding: found } of slices(bytes, format)) {
      encoding = found;
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => parser.write(text, () => resolve()));
      if (failure) throw explained(failure);
      yield { rows, bytes: size, encoding };
      rows = [];
      // Bytes that are already here never wait for anything; let others have a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise<void>((resolve) => {
      parser.once("end", resolve).once("error", () => resolve());
      parser.end();
    });
    if (failure) throw explained(failure);
    yield { rows, bytes: 0, encoding };
  } finally {
    parser.destroy();
  }
}

/**
 * The rows of a piece of text, or undefined when the delimiter cannot be right.
 * `cut`: the text goes on, so its last record is dropped. `unclosed`: a quoted field has no end.
 */
export function parseSample(
  text: string,
  delimiter: string,
  cut: boolean,
): { rows: string[][]; unclosed: boolean } | undefined {
  const rows: string[][] = [];
  try {
    // Rows are kept one by one, so that those before an error are not lost.
    const on_record = (row: string[]) => {
      rows.push(row.map((cell) => cell.trim()));
      return null;
    };
    parse(text, { ...options(delimiter), on_record });
    if (cut) rows.pop();
    return { rows, unclosed: false };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === "CSV_QUOTE_NOT_CLOSED" ? { rows, unclosed: !cut } : undefined;
  }
}

function options(delimiter: string): Options {
  return {
    bom: true,
    delimiter,
    ltrim: delimiter !== "\t",
    max_record_size: longestRecord,
    // All of them, since files that were put together have more than one kind.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  };
}

function explained(error: Error): Error {
  if (!(error instanceof CsvError)) return error;
  // The row that the trouble begins in: lines are counted up to where it shows.
  const row = `row ${number(Number(error["records"] ?? 0) + 1)} (header included)`;
  if (error.code === "CSV_QUOTE_NOT_CLOSED")
    return new NotCsvError(`A quoted field that begins in ${row} never ends.`);
  if (error.code === "CSV_MAX_RECORD_SIZE")
    return new NotCsvError(
      `What begins in ${row} is longer than 1 MB: a quote may be missing, or it is not CSV.`,
    );
  return new NotCsvError(`It cannot be read in ${row}: ${error.message}`);
}

async function* slices(
  bytes: AsyncIterable<Uint8Array>,
  { encoding, legacy }: Format,
): AsyncGenerator<{ text: Uint8Array | string; size: number; encoding: string }> {
  let decoder = encoding === "utf-8" ? undefined : new TextDecoder(encoding);
  let ascii = !decoder;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += chunkSize) {
      const slice = chunk.subarray(at, at + chunkSize);
      if (ascii && !isAscii(slice)) {
        ascii = false;
        if (!isUtf8(slice, false)) decoder = new TextDecoder(legacy);
      }
      const text = decoder?.decode(slice, { stream: true }) ?? slice;
      yield { text, size: slice.length, encoding: decoder?.encoding ?? "utf-8" };
    }
  }
  if (decoder) yield { text: decoder.decode(), size: 0, encoding: decoder.encoding };
}
