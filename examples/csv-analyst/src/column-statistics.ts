/**
 * Everything said about one column, gathered in one pass and bounded memory:
 * add() each cell, then ask for the summary.
 */
import { Quantiles } from "./quantiles.js";
import { type ValueCount, ValueCounts } from "./value-counts.js";
import {
  type DateOrder,
  type DecimalMark,
  isMissing,
  parseBoolean,
  parseCompactDate,
  parseDate,
  parseNumber,
} from "./values.js";

export type ColumnType = "integer" | "number" | "boolean" | "date" | "text" | "empty";

/** How the cells of a column are read. */
export interface CellReading {
  decimal: DecimalMark;
  dateOrder: DateOrder;
  /** "compact" reads 20240131 as a date; "none" leaves dates as text. */
  dates?: "calendar" | "compact" | "none";
}

/** What the JSON artifact says of a column. Dates are written as ISO 8601; text has a length instead of a size. */
export interface ColumnSummary {
  name: string;
  type: ColumnType;
  /** Cells with a value. */
  count: number;
  missing: number;
  /** Cells with a value that is not of the column's type; they are left out of its numbers. */
  mismatched: number;
  distinct: number;
  distinctIsEstimate: boolean;
  min: number | string | null;
  max: number | string | null;
  mean: number | null;
  median: number | string | null;
  /** Of a sample: divided by n - 1. */
  standardDeviation: number | null;
  quantiles: Record<(typeof quantileNames)[number], number | string> | null;
  quantilesAreEstimates: boolean;
  topValues: ValueCount[];
  /** True when the counts of top values are lower bounds. */
  topValuesAreEstimates: boolean;
  /** Sum of the numbers. */
  sum?: number;
  /** Characters per text. */
  length?: { min: number; max: number; mean: number };
}

const quantileNames = ["p5", "p25", "p50", "p75", "p95"] as const;
const wholeShare = 0.95;

/** What all columns of a table may remember together. */
const budget = { values: 2_000_000, distinct: 100_000 };

/** Mean and variance without keeping the values (Welford). */
class Moments {
  count = 0;
  mean = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    const distance = value - this.mean;
    this.mean += distance / this.count;
    this.#squares += distance * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** Of a sample (n - 1); null for fewer than two values. */
  get standardDeviation(): number | null {
    return this.count < 2 ? null : Math.sqrt(this.#squares / (this.count - 1));
  }
}

export class ColumnStatistics {
  readonly name: string;
  readonly #reading: CellReading;
  readonly #values: ValueCounts;
  readonly #numbers = new Moments();
  readonly #dates = new Moments();
  readonly #lengths = new Moments();
  readonly #limit: number;
  #numberQuantiles: Quantiles | undefined;
  #dateQuantiles: Quantiles | undefined;
  #missing = 0;
  #integers = 0;
  #booleans = 0;
  #texts = 0;
  #timeOfDay = false;

  /** `columns`: how many columns share the memory. */
  constructor(name: string, reading: CellReading, columns = 1) {
    this.name = name;
    this.#reading = reading;
    this.#values = new ValueCounts(clamp(budget.distinct / columns, 100, 10_000));
    this.#limit = clamp(budget.values / columns, 1000, 100_000);
  }

  /** Reads one cell, already trimmed. */
  add(cell: string): void {
    if (isMissing(cell)) {
      this.#missing++;
      return;
    }
    this.#values.add(cell);
    this.#lengths.add(cell.length);
    const { decimal, dateOrder, dates } = this.#reading;
    if (dates === "compact" && this.#addDate(parseCompactDate(cell))) return;
    const number = parseNumber(cell, decimal);
    if (!Number.isNaN(number)) {
      this.#numbers.add(number);
      this.#numberQuantiles ??= new Quantiles(this.#limit);
      this.#numberQuantiles.add(number);
      if (Number.isInteger(number) && !cell.includes(decimal)) this.#integers++;
    } else if (parseBoolean(cell) !== undefined) this.#booleans++;
    else if (dates === "none" || !this.#addDate(parseDate(cell, dateOrder))) this.#texts++;
  }

  /** Estimate of how many values a column holds in each bin; undefined unless it is numeric. */
  histogram(edges: number[]): number[] | undefined {
    return this.#numberQuantiles?.histogram(edges);
  }

  get type(): ColumnType {
    const { count } = this.#lengths;
    if (count === 0) return "empty";
    if (this.#numbers.count >= wholeShare * count)
      return this.#integers === this.#numbers.count ? "integer" : "number";
    if (this.#booleans >= wholeShare * count) return "boolean";
    if (this.#dates.count >= wholeShare * count) return "date";
    return "text";
  }

  /** Share of the present cells that are numbers, dates or truth values. */
  get typedShare(): number {
    return this.#lengths.count === 0 ? 0 : 1 - this.#texts / this.#lengths.count;
  }

  summary(): ColumnSummary {
    const { type } = this;
    const { count } = this.#lengths;
    const measured = type === "date" ? this.#dates : this.#numbers;
    const numeric = type === "integer" || type === "number";
    const ordered = numeric || type === "date";
    const typed = {
      integer: measured.count,
      number: measured.count,
      date: measured.count,
      boolean: this.#booleans,
    };
    const write = (value: number) => (type === "date" ? this.#writeDate(value) : tidy(value));
    const sketch = ordered ? (type === "date" ? this.#dateQuantiles : this.#numberQuantiles) : undefined;
    const quantile = (share: number) => write(sketch?.at(share) ?? Number.NaN);
    return {
      name: this.name,
      type,
      count,
      missing: this.#missing,
      mismatched: type === "text" || type === "empty" ? 0 : count - typed[type],
      distinct: this.#values.distinct,
      distinctIsEstimate: !this.#values.exact,
      min: ordered ? write(measured.min) : null,
      max: ordered ? write(measured.max) : null,
      mean: numeric ? tidy(measured.mean) : null,
      median: sketch ? quantile(0.5) : null,
      standardDeviation:
        numeric && measured.standardDeviation !== null ? tidy(measured.standardDeviation) : null,
      quantiles: sketch
        ? {
            p5: quantile(0.05),
            p25: quantile(0.25),
            p50: quantile(0.5),
            p75: quantile(0.75),
            p95: quantile(0.95),
          }
        : null,
      quantilesAreEstimates: sketch ? !sketch.exact : false,
      topValues: this.#values.top(10),
      topValuesAreEstimates: !this.#values.exact,
      ...(numeric && { sum: tidy(measured.sum) }),
      ...(type === "text" && {
        length: { min: this.#lengths.min, max: this.#lengths.max, mean: tidy(this.#lengths.mean) },
      }),
    };
  }

  #addDate(instant: number): boolean {
    if (Number.isNaN(instant)) return false;
    this.#dates.add(instant);
    this.#dateQuantiles ??= new Quantiles(this.#limit);
    this.#dateQuantiles.add(instant);
    if (instant % 86_400_000 !== 0) this.#timeOfDay = true;
    return true;
  }

  #writeDate(instant: number): string {
    if (!this.#timeOfDay) instant = Math.round(instant / 86_400_000) * 86_400_000;
    const written = new Date(Math.round(instant)).toISOString();
    return this.#timeOfDay ? written.replace(".000Z", "Z") : written.slice(0, 10);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, Math.floor(value)));
}

/** Fifteen significant digits, without the noise that binary fractions leave behind, and no negative zero. */
function tidy(value: number): number {
  return Number(value.toPrecision(15)) + 0;
}
