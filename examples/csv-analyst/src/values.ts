/** What one cell says: nothing, a number, a truth value, a date, or just text. */

/** The mark between whole and fraction: 1,234.56 or 1.234,56. */
export type DecimalMark = "." | ",";
/** How 03/04/2024 is read: 3 April or March 4. */
export type DateOrder = "day-first" | "month-first";

const missingWords = new Set(["", "na", "n/a", "#n/a", "nan", "nil", "null", "none", "-", "--", "?", "\\n"]);

/** True for a cell that holds no value; expects the cell trimmed. */
export function isMissing(value: string): boolean {
  return value.length <= 4 && missingWords.has(value.toLowerCase());
}

const plainNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const currency = "(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|BRL|kr|zł)";
const decoratedNumber = new RegExp(
  `^([+\u2212-]?)\\s?${currency}?\\s?([+\u2212-]?)(\\d[\\d.,'’ \u00a0\u202f]*?)(?:[eE]([+-]?\\d{1,3}))?\\s?(?:%|${currency})?$`,
);
const startsLikePrice = new RegExp(`^${currency}\\s?[+\u2212-]?\\d`);
/** Squares of larger ones would have no end; nothing that is counted or measured comes near. */
const largest = 1e150;
const grouped = {
  ".": /^(?:\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+|\d+)(?:\.\d*)?$/,
  ",": /^(?:\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+|\d+)(?:,\d*)?$/,
};

/**
 * The number a cell says, or NaN. Codes are not numbers: neither 007 nor sixteen digits in a row.
 * What bookkeepers put in parentheses is negative.
 */
export function parseNumber(value: string, decimal: DecimalMark): number {
  const first = value.charCodeAt(0);
  if (first > 0x39 && first < 0x80 && !startsLikePrice.test(value)) return Number.NaN;
  if (first === 0x28) {
    const inside = /^\(([^()+\u2212-]{1,40})\)$/.exec(value)?.[1];
    return inside === undefined ? Number.NaN : -parseNumber(inside.trim(), decimal);
  }
  if (plainNumber.test(value)) {
    if (isCode(value)) return Number.NaN;
    if (decimal === "." || !value.includes(".")) return finite(Number(value));
  }
  const match = decoratedNumber.exec(value);
  if (!match) return Number.NaN;
  const [, outerSign, innerSign, digits = "", exponent] = match;
  if (!grouped[decimal].test(digits) || isCode(digits)) return Number.NaN;
  const bare =
    decimal === "." ? digits.replace(/[^\d.]/g, "") : digits.replace(/[^\d,]/g, "").replace(",", ".");
  const size = Number(exponent === undefined ? bare : `${bare}e${exponent}`);
  return finite(/[\u2212-]/.test(`${outerSign}${innerSign}`) ? -size : size);
}

function isCode(value: string): boolean {
  const start = value.charCodeAt(0) === 0x2d || value.charCodeAt(0) === 0x2b ? 1 : 0;
  if (value.charCodeAt(start) === 0x30) {
    const next = value.charCodeAt(start + 1);
    return next >= 0x30 && next <= 0x39;
  }
  return value.length - start > 15 && /^\d+$/.test(value.slice(start));
}

function finite(value: number): number {
  return Math.abs(value) <= largest ? value : Number.NaN;
}

/** The decimal mark that a numeric cell cannot do without; undefined when either would do. */
export function decimalEvidence(cell: string): DecimalMark | undefined {
  const value = cell.replace(/(\d)['’ \u00a0\u202f](?=\d{3})/g, "$1");
  if (/^\D{0,5}\d{1,3}(?:\.\d{3})+,\d+\D{0,5}$/.test(value)) return ",";
  if (/^\D{0,5}\d{1,3}(?:,\d{3})+\.\d+\D{0,5}$/.test(value)) return ".";
  const single = /^[^\d.,]{0,5}(\d+)([.,])(\d+)[^\d.,]{0,5}$/.exec(value);
  if (!single) return undefined;
  const [, whole = "", mark, fraction = ""] = single;
  const couldGroup = fraction.length === 3 && whole.length <= 3 && whole !== "0";
  return couldGroup ? undefined : (mark as DecimalMark);
}

const truths = new Set(["true", "yes", "t", "y"]);
const falsehoods = new Set(["false", "no", "f", "n"]);

/** The truth value a cell says, or undefined. */
export function parseBoolean(value: string): boolean | undefined {
  if (value.length > 5) return undefined;
  const word = value.toLowerCase();
  return truths.has(word) ? true : falsehoods.has(word) ? false : undefined;
}

const time =
  "(?:,?[T ]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?\\s?([AaPp][Mm])?\\s?(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})?)?";
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})(?:\\2(\\d{1,2}))?${time}$`);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${time}$`);
const dayMonthName = new RegExp(
  `^(?:[A-Za-z]{3,9},? )?(\\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\\.?,?[ -](\\d{4}|\\d{2})${time}$`,
);
const monthNameDay = new RegExp(
  `^(?:[A-Za-z]{3,9},? )?([A-Za-z]{3,9})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${time}$`,
);
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const startsLikeDate = /^(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)/i;

/** Milliseconds since 1970 that a cell says, or NaN. A time without a zone is UTC. */
export function parseDate(value: string, order: DateOrder): number {
  if (value.length < 6 || value.length > 40 || !startsLikeDate.test(value)) return Number.NaN;
  let match = yearFirst.exec(value);
  if (match) {
    const [, year, separator, month, day] = match;
    if (day === undefined && separator === ".") return Number.NaN;
    return instant(Number(year), Number(month), Number(day ?? 1), match, 5);
  }
  match = yearLast.exec(value);
  if (match) {
    const [, first, separator, second, year = ""] = match;
    const dayFirst = separator === "." || order === "day-first";
    const [day, month] = dayFirst ? [first, second] : [second, first];
    return instant(fullYear(year), Number(month), Number(day), match, 5);
  }
  match = dayMonthName.exec(value);
  if (match) {
    const [, day, month = "", year = ""] = match;
    return instant(fullYear(year), monthNumber(month), Number(day), match, 4);
  }
  match = monthNameDay.exec(value);
  if (!match) return Number.NaN;
  const [, month = "", day, year = ""] = match;
  return instant(fullYear(year), monthNumber(month), Number(day), match, 4);
}

/** 20240131 as a date, or NaN. Only for columns whose name says that they hold dates. */
export function parseCompactDate(value: string): number {
  if (!/^(?:19|20)\d{6}$/.test(value)) return Number.NaN;
  return instant(Number(value.slice(0, 4)), Number(value.slice(4, 6)), Number(value.slice(6)), null, 0);
}

/** Which order a date proves: one of them, "either" when both would do, undefined when order is no question. */
export function dateOrderEvidence(value: string): DateOrder | "either" | undefined {
  const match = yearLast.exec(value);
  if (!match || match[2] === ".") return undefined;
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (first > 12 && first <= 31 && second <= 12) return "day-first";
  if (second > 12 && second <= 31 && first <= 12) return "month-first";
  return first <= 12 && second <= 12 && first !== second ? "either" : undefined;
}

function instant(
  year: number,
  month: number,
  day: number,
  match: RegExpExecArray | null,
  at: number,
): number {
  if (month < 1 || month > 12 || day < 1 || day > 31) return Number.NaN;
  // Date.UTC takes the year 10 for 1910.
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) return Number.NaN;
  if (match?.[at] === undefined) return midnight;
  const half = match[at + 4]?.toLowerCase();
  let hour = Number(match[at]);
  if (half && (hour < 1 || hour > 12)) return Number.NaN;
  if (half) hour = (hour % 12) + (half === "pm" ? 12 : 0);
  const minute = Number(match[at + 1]);
  const second = Number(match[at + 2] ?? 0);
  if (hour > 24 || minute > 59 || second > 60) return Number.NaN;
  const fraction = Number(`0.${match[at + 3] ?? 0}`) * 1000;
  return (
    midnight +
    hour * 3_600_000 +
    minute * 60_000 +
    second * 1000 +
    Math.round(fraction) -
    offset(match[at + 5])
  );
}

function offset(zone: string | undefined): number {
  if (!zone || !/^[+-]/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) < 70 ? 2000 : 1900);
}

function monthNumber(name: string): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}
