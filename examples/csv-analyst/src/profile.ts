/** What the rows at the beginning of a file say about its columns: their types, and which could be the date. */
import { ColumnStatistics, type ColumnType } from "./column-statistics.js";
import type { Layout } from "./format.js";
import { type DateOrder, dateOrderEvidence, isMissing, parseCompactDate } from "./values.js";

export interface ColumnProfile {
  name: string;
  index: number;
  type: ColumnType;
  distinct: number;
  count: number;
  /** Dates written as 20240131. */
  compact: boolean;
  /** What its dates prove about their order; "either" when they prove nothing but have one. */
  order?: DateOrder | "either";
  example: string;
}

/** Looks at every column of the rows below the header. */
export function profile(rows: string[][], layout: Layout): ColumnProfile[] {
  const body = rows.slice(layout.skip);
  return layout.columns.map((name, index) => {
    const cells = body.map((row) => row[index] ?? "").filter((cell) => !isMissing(cell));
    const compact = isCompactDate(name, cells);
    const dates = compact ? "compact" : "calendar";
    const statistics = new ColumnStatistics(name, { decimal: layout.decimal, dateOrder: "day-first", dates });
    for (const cell of cells) statistics.add(cell);
    const order = dateOrder(cells);
    const type = looksLikeDates(statistics.type, order, cells) ? "date" : statistics.type;
    const { distinct } = statistics.summary();
    return {
      name,
      index,
      type,
      distinct,
      count: cells.length,
      compact,
      example: cells[0] ?? "",
      ...(type === "date" && order && { order }),
    };
  });
}

/** The order that some column of the file proves; a file has one author and one habit. */
export function provenOrder(columns: ColumnProfile[]): DateOrder | undefined {
  const proven = new Set(
    columns.flatMap(({ order }) => (order === undefined || order === "either" ? [] : [order])),
  );
  return proven.size === 1 ? [...proven][0] : undefined;
}

function isCompactDate(name: string, cells: string[]): boolean {
  if (cells.length === 0 || !/date|datum|fecha|(?:^|_)(?:day|dt)(?:_|$)/i.test(name)) return false;
  return cells.every((cell) => !Number.isNaN(parseCompactDate(cell)));
}

function dateOrder(cells: string[]): DateOrder | "either" | undefined {
  const votes = { "day-first": 0, "month-first": 0, either: 0 };
  for (const cell of cells) {
    const evidence = dateOrderEvidence(cell);
    if (evidence) votes[evidence]++;
  }
  if (votes["day-first"] !== votes["month-first"]) {
    return votes["day-first"] > votes["month-first"] ? "day-first" : "month-first";
  }
  return votes.either > 0 || votes["day-first"] > 0 ? "either" : undefined;
}

/** Month-first dates are no dates when read day-first: the evidence of order counts as well. */
function looksLikeDates(type: ColumnType, order: ColumnProfile["order"], cells: string[]): boolean {
  if (type !== "text" || order !== "month-first") return false;
  const statistics = new ColumnStatistics("", { decimal: ".", dateOrder: order });
  for (const cell of cells) statistics.add(cell);
  return statistics.type === "date";
}
