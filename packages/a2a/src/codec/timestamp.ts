/** Timestamps of the wire: RFC 3339 in any offset comes in, UTC with `Z` goes out (spec 5.6.1). */

const rfc3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59Z");

/**
 * The timestamp in UTC with three fraction digits, or with six or nine where it is finer than
 * milliseconds. Undefined when the text is no timestamp between the years 1 and 9999.
 */
export function normalizeTimestamp(text: string): string | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, , fraction = "", sign, hours, minutes] = match;
  if (year === "0000" || day === "00" || Number(day) > daysIn(Number(year), Number(month))) return undefined;
  if (sign === undefined && fraction.length === 3) return text;

  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  const local = Date.parse(`${text.slice(0, 19)}Z`);
  const utc = sign === "-" ? local + offset : local - offset;
  if (utc < earliest || utc > latest) return undefined;
  const digits = fraction.replace(/0+$/, "");
  const precision = Math.max(3, Math.ceil(digits.length / 3) * 3);
  return `${new Date(utc).toISOString().slice(0, 19)}.${digits.padEnd(precision, "0")}Z`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
