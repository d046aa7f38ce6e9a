/** The one pass over the rows: every column's statistics and the series over time. */
import { ColumnStatistics, type ColumnSummary } from "./column-statistics.js";
import { delimiterName, isAdditive, type Plan } from "./plan.js";
import { type Period, type Point, TimeSeries } from "./time-series.js";
import { isMissing, parseCompactDate, parseDate, parseNumber } from "./values.js";
import { plural } from "./wording.js";

export interface Series {
  date: string;
  /** The numeric column followed; absent when rows are counted. */
  measure?: string;
  aggregate: "sum" | "mean" | "rows";
  period: Period;
  points: Point[];
}

export interface Analysis {
  rows: number;
  bytes: number;
  /** As TextDecoder names it. */
  encoding: string;
  layout: Plan["layout"];
  columns: ColumnSummary[];
  /** Rows with fewer and with more cells than there are columns. */
  ragged: { short: number; long: number };
  dateColumn: string | null;
  /** The numeric column that matters most, if there is one. */
  measure?: string;
  series?: Series;
  /** Counts of a numeric column between edges. */
  histogram(column: string, edges: number[]): number[];
  /** What a reader should know before trusting the figures. */
  notes: string[];
}

const mostPoints = 120;

export class Pass {
  readonly #plan: Plan;
  readonly #columns: ColumnStatistics[];
  readonly #series = new TimeSeries();
  #skip: number;
  #short = 0;
  #long = 0;
  rows = 0;
  bytes = 0;
  encoding = "utf-8";

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#skip = plan.layout.skip;
    this.#columns = plan.columns.map(({ name, compact }) => {
      const dates = compact ? "compact" : plan.unread.includes(name) ? "none" : "calendar";
      const reading = { decimal: plan.layout.decimal, dateOrder: plan.dateOrder, dates } as const;
      return new ColumnStatistics(name, reading, plan.columns.length);
    });
  }

  /** Takes the next row of the file, titles and header included. */
  add(row: readonly string[]): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.rows++;
    const width = this.#columns.length;
    if (row.length < width) this.#short++;
    else if (row.length > width && row.slice(width).some((cell) => cell !== "")) this.#long++;
    for (let index = 0; index < width; index++) this.#columns[index]?.add(row[index] ?? "");
    this.#addPoint(row);
  }

  /** What the rows so far amount to. */
  finish(notes: readonly string[] = []): Analysis {
    const columns = this.#columns.map((column) => column.summary());
    const series = this.#finishSeries();
    return {
      rows: this.rows,
      bytes: this.bytes,
      encoding: this.encoding,
      layout: this.#plan.layout,
      columns,
      ragged: { short: this.#short, long: this.#long },
      dateColumn: this.#plan.date?.name ?? null,
      ...(series && { series }),
      ...(this.#plan.measure && { measure: this.#plan.measure.name }),
      histogram: (name, edges) =>
        this.#columns.find((column) => column.name === name)?.histogram(edges) ?? [],
      notes: [...notes, ...this.#notes(columns)],
    };
  }

  #addPoint(row: readonly string[]): void {
    const { date, measure, dateOrder, layout } = this.#plan;
    if (!date) return;
    const cell = row[date.index] ?? "";
    const instant = date.compact ? parseCompactDate(cell) : parseDate(cell, dateOrder);
    if (Number.isNaN(instant)) return;
    const value = measure ? (row[measure.index] ?? "") : "1";
    if (isMissing(value)) return;
    const number = parseNumber(value, layout.decimal);
    if (!Number.isNaN(number)) this.#series.add(instant, number);
  }

  #finishSeries(): Series | undefined {
    const { date, measure } = this.#plan;
    const aggregate = measure ? (isAdditive(measure.name) ? "sum" : "mean") : "rows";
    const found = aggregate === "mean" ? this.#series.points(mostPoints) : this.#series.whole(mostPoints);
    if (!date || found.points.length < 2) return undefined;
    return { date: date.name, aggregate, ...found, ...(measure && { measure: measure.name }) };
  }

  #notes(columns: ColumnSummary[]): string[] {
    const { layout, unread } = this.#plan;
    const notes: string[] = [];
    if (!this.encoding.startsWith("utf-"))
      notes.push(
        `The text is not Unicode and was read as ${this.encoding}. If letters look wrong, send it as UTF-8 or name its charset.`,
      );
    if (!layout.hasHeader) notes.push("The file has no header: columns are numbered.");
    if (layout.decimal === ",") notes.push("Numbers are read with a decimal comma: 1.234,5 is 1234.5.");
    if (this.#short > 0)
      notes.push(`${plural(this.#short, "row")} with too few cells: the absent ones count as missing.`);
    if (this.#long > 0)
      notes.push(
        `${plural(this.#long, "row")} with more cells than there are columns: the extra ones are ignored.`,
      );
    if (unread.length > 0)
      notes.push(`Left as text, since the order of day and month is unknown: ${unread.join(", ")}.`);
    for (const { name, mismatched, type } of columns) {
      if (mismatched > 0)
        notes.push(`${name}: ${plural(mismatched, "value")} not of type ${type}, left out of its figures.`);
    }
    const estimated = (chosen: (column: ColumnSummary) => boolean) => {
      const names = columns.filter(chosen).map(({ name }) => name);
      return names.length > 5 ? `${names.length} columns` : names.join(", ");
    };
    const quantiles = estimated((column) => column.quantilesAreEstimates);
    if (quantiles) notes.push(`Quantiles are close estimates (t-digest) in ${quantiles}.`);
    const distinct = estimated((column) => column.distinctIsEstimate);
    if (distinct)
      notes.push(
        `Distinct values are estimates (within about 2 %) and top counts are lower bounds in ${distinct}.`,
      );
    return notes;
  }
}

/** The data artifact: everything a program would want to know, in plain JSON. */
export function toJson(analysis: Analysis, name: string) {
  const { layout, rows, bytes, encoding, ragged, dateColumn, notes } = analysis;
  return {
    source: { name, bytes },
    format: {
      encoding,
      delimiter: delimiterName(layout.delimiter),
      hasHeader: layout.hasHeader,
      decimal: layout.decimal,
    },
    rows,
    columnCount: analysis.columns.length,
    raggedRows: ragged,
    dateColumn,
    columns: analysis.columns,
    notes,
  };
}
