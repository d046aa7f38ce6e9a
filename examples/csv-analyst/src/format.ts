/** How a piece of CSV is laid out, found by looking at its beginning: delimiter, header, decimal mark. */
import { parseSample } from "./read-csv.js";
import { type DecimalMark, decimalEvidence, isMissing, parseDate, parseNumber } from "./values.js";

export const delimiters = [
  { character: ",", name: "comma" },
  { character: ";", name: "semicolon" },
  { character: "\t", name: "tab" },
  { character: "|", name: "pipe" },
] as const satisfies Delimiter[];

export interface Delimiter {
  readonly character: string;
  readonly name: string;
}

/** What a file with a single column is read with: a character that text does not hold. */
export const oneColumn: Delimiter = { character: "\u001f", name: "single column" };

export interface Candidate {
  delimiter: Delimiter;
  rows: string[][];
  /** A quoted field never ends. */
  unclosed: boolean;
}

export interface Layout {
  delimiter: string;
  decimal: DecimalMark;
  /** Rows before the first row of data: titles above the table and the header. */
  skip: number;
  hasHeader: boolean;
  columns: string[];
}

/** Characters that are enough to tell delimiters apart. */
const sampleLength = 32 * 1024;
const regularShare = 0.7;
const longestPreamble = 10;

/** The delimiters that would give `share` of a text's rows the same number of columns, two or more, from the header on. */
export function candidates(whole: string, wholeCut: boolean, share = regularShare): Candidate[] {
  const text = fewLines(whole);
  const cut = wholeCut || text.length < whole.length;
  const viable = possibleDelimiters(text).flatMap((delimiter) => {
    const sample = parseSample(text, delimiter.character, cut);
    if (!sample) return [];
    const { rows, unclosed } = sample;
    const width = usualWidth(rows);
    const skip = preamble(rows, width);
    const regular = rows.slice(skip).filter((row) => isWide(row, width)).length;
    if (width < 2 || regular < share * (rows.length - skip) || isProse(rows.slice(skip), width)) return [];
    return [{ delimiter, rows, unclosed, skip, perfect: regular === rows.length - skip }];
  });
  const least = Math.min(...viable.map(({ skip }) => skip));
  const early = viable.filter(({ skip }) => skip === least);
  const perfect = early.filter((candidate) => candidate.perfect);
  return perfect.length > 0 ? perfect : early;
}

/** The one that a first line for Excel names, whatever it is; else those that are usual. */
function possibleDelimiters(text: string): readonly Delimiter[] {
  const named = /^\ufeff?"?sep=([^\w"\r\n])"?\r?\n/i.exec(text)?.[1];
  if (named === undefined) return delimiters;
  return [delimiters.find(({ character }) => character === named) ?? { character: named, name: named }];
}

/** Delimiters at the end of a line that nothing follows add no columns. */
function isWide(row: string[], width: number): boolean {
  return row.length === width || (row.length > width && row.slice(width).every((cell) => cell === ""));
}

/** The rows of a list with one value per line; undefined when the lines are prose. */
export function singleColumn(text: string, cut: boolean): string[][] | undefined {
  const { rows = [], unclosed } = parseSample(text, oneColumn.character, cut) ?? {};
  if (rows.length < 2 || unclosed) return undefined;
  const body = rows.slice(1).map((row) => row[0] ?? "");
  if (body.filter((cell) => isTyped(cell)).length >= 0.8 * body.length) return rows;
  const short = body.filter((cell) => cell.length <= 40 && words(cell) <= 3).length;
  return body.length >= 2 && short >= 0.9 * body.length && words(rows[0]?.[0] ?? "") <= 3 ? rows : undefined;
}

/** True for text that somebody would call a table: lines that share a delimiter, or a list of numbers or dates. */
export function isTabular(text: string): boolean {
  const found = candidates(text, false);
  if (found.some(({ rows }) => rows.length > 1)) return true;
  const start = fewLines(text);
  const list = found.length === 0 ? singleColumn(start, start.length < text.length) : undefined;
  return list !== undefined && list.length > 2 && list.slice(1).every(([cell]) => isTyped(cell ?? ""));
}

/** Header, column names and decimal mark of the rows at the beginning of a file. */
export function layOut(rows: string[][], delimiter: string): Layout {
  const width = usualWidth(rows);
  const skip = preamble(rows, width);
  const [first = [], ...rest] = rows.slice(skip);
  const decimal = decimalMark(rest, delimiter);
  const hasHeader = isHeader(first, rest, decimal);
  const names = Array.from({ length: Math.max(width, hasHeader ? first.length : 0) }, (_, index) => {
    const name = hasHeader ? first[index]?.replace(/\s+/g, " ").slice(0, 100) : undefined;
    return name || `column ${index + 1}`;
  });
  return { delimiter, decimal, skip: skip + (hasHeader ? 1 : 0), hasHeader, columns: distinct(names) };
}

/** Each name once: the second "a" becomes "a (2)". */
function distinct(names: string[]): string[] {
  const times = new Map<string, number>();
  return names.map((name) => {
    let time = times.get(name) ?? 0;
    let unique = name;
    do {
      time++;
      if (time > 1) unique = `${name} (${time})`;
    } while (times.has(unique));
    times.set(name, time).set(unique, Math.max(1, times.get(unique) ?? 0));
    return unique;
  });
}

/** Enough of a text to tell delimiters apart; more of it when its lines are very long. */
function fewLines(text: string): string {
  const start = text.slice(0, sampleLength);
  return start.split("\n", 5).length === 5 ? start : text.slice(0, 8 * sampleLength);
}

/** The number of columns that most rows have; those at the end that no row fills are none. */
function usualWidth(rows: string[][]): number {
  const used = rows.reduce((most, row) => Math.max(most, row.findLastIndex((cell) => cell !== "") + 1), 0);
  const widths = new Map<number, number>();
  for (const row of rows) {
    const length = Math.min(row.length, used);
    widths.set(length, (widths.get(length) ?? 0) + 1);
  }
  return [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** How many short rows (a title, `sep=;`) come before the first one of the usual width. */
function preamble(rows: string[][], width: number): number {
  const start = /^sep=/i.test(rows[0]?.[0] ?? "") ? 1 : 0;
  const first = rows.findIndex((row, index) => index >= start && row.length >= width);
  return first > longestPreamble ? start : Math.max(first, start);
}

/**
 * A header names its columns: text in every cell, and no name twice unless numbers or dates below show what it is.
 * Years may be names when the cells below are not years.
 */
function isHeader(first: string[], rest: string[][], decimal: DecimalMark): boolean {
  const named = first.filter((cell) => cell !== "");
  if (named.length < first.length / 2) return false;
  if (new Set(named).size < named.length && !rest[0]?.some((cell) => isTyped(cell, decimal))) return false;
  const typed = named.filter((cell) => isTyped(cell, decimal));
  if (typed.length === 0) return true;
  const years = typed.every((cell, index) => isYear(cell) && Number(cell) > Number(typed[index - 1] ?? 0));
  return years && typed.length < named.length && !rest[0]?.some(isYear);
}

function isYear(cell: string): boolean {
  return /^(?:19|20)\d\d$/.test(cell);
}

function isTyped(cell: string, decimal: DecimalMark = "."): boolean {
  if (isMissing(cell)) return false;
  return !Number.isNaN(parseNumber(cell, decimal)) || !Number.isNaN(parseDate(cell, "day-first"));
}

/** What the numbers prove; without proof a semicolon, which spares the comma, speaks for decimal commas. */
function decimalMark(rows: string[][], delimiter: string): DecimalMark {
  let commas = 0;
  let points = 0;
  let unclear = 0;
  for (const row of rows.slice(0, 1000)) {
    for (const cell of row) {
      const evidence = cell.length <= 20 ? decimalEvidence(cell) : undefined;
      if (evidence === ",") commas++;
      else if (evidence === ".") points++;
      else if (/^\d{1,3},\d{3}$/.test(cell)) unclear++;
    }
  }
  if (commas === 0 && points === 0) return delimiter === ";" && unclear > 0 ? "," : ".";
  return commas > points ? "," : ".";
}

/** Sentences that happen to share a delimiter: many words per cell, no numbers, and nothing like column names on top. */
function isProse(rows: string[][], width: number): boolean {
  const cells = rows.slice(0, 200).flat().filter(Boolean);
  const length = meanWords(cells);
  if (length < 1.5 || cells.some((cell) => isTyped(cell))) return false;
  const [first = [], ...rest] = rows;
  if (first.some((name, index) => name === "" && rest.some((row) => row[index]))) return true;
  const irregular = rows.filter((row) => row.length !== width).length;
  return length >= 2.5 && (meanWords(first) >= 3 || irregular > rows.length / 10);
}

function meanWords(cells: string[]): number {
  return cells.reduce((sum, cell) => sum + words(cell), 0) / Math.max(1, cells.length);
}

function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
