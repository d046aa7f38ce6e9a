/** The report people read: Markdown with the findings first and the tables after them. */
import type { Analysis } from "./analysis.js";
import type { ColumnSummary } from "./column-statistics.js";
import { delimiterName } from "./plan.js";
import { clip, duringPeriod, number, percent, plural, pointValue } from "./wording.js";

const mostTableRows = 100;

/** Writes the report of an analysis. `name`: what the file is called. */
export function report(analysis: Analysis, name: string): string {
  const { columns, rows } = analysis;
  const numeric = columns.filter(({ type }) => type === "integer" || type === "number");
  const dates = columns.filter(({ type }) => type === "date");
  const categories = columns.filter(({ type }) => type === "text" || type === "boolean");
  const sections = [
    `# ${inert(clip(name, 80))}`,
    headline(analysis),
    section(
      "Findings",
      findings(analysis)
        .map((line) => `- ${line}`)
        .join("\n"),
    ),
    section(
      "Columns",
      table(["Column", "Type", "Filled", "Missing", "Distinct"], "llrrr", columns, (column) => [
        column.name,
        column.type,
        rows === 0 ? "0%" : percent(column.count / rows),
        number(column.missing),
        about(column.distinct, column.distinctIsEstimate),
      ]),
    ),
    section(
      "Numbers",
      table(
        ["Column", "Min", "p25", "Median", "p75", "Max", "Mean", "Std. dev."],
        "lrrrrrrr",
        numeric,
        (column) => [
          column.name,
          ...[column.min, column.quantiles?.p25, column.median, column.quantiles?.p75, column.max].map(show),
          show(column.mean),
          show(column.standardDeviation),
        ],
      ),
    ),
    section(
      "Dates",
      table(["Column", "From", "Median", "To"], "llll", dates, (column) => [
        column.name,
        ...[column.min, column.median, column.max].map(show),
      ]),
    ),
    section(
      "Most common values",
      table(["Column", "Values"], "ll", categories.filter(repeats), (column) => [
        column.name,
        column.topValues
          .slice(0, 5)
          .map(({ value, count }) => `${clip(value, 40)} (${share(column, count)})`)
          .join(" · "),
      ]),
    ),
    section("Notes", analysis.notes.map((note) => `- ${inert(note)}`).join("\n")),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function headline({ rows, columns, layout, dateColumn }: Analysis): string {
  const date = columns.find(({ name }) => name === dateColumn);
  const facts = [
    `**${plural(rows, "row")} × ${plural(columns.length, "column")}**`,
    delimiterName(layout.delimiter) === "single column"
      ? "one value per line"
      : `${delimiterName(layout.delimiter)}-separated`,
  ];
  if (date?.min) facts.push(`${date.min} to ${date.max}`);
  return facts.join(" · ");
}

function findings(analysis: Analysis): string[] {
  const { columns, rows, series } = analysis;
  const lines: string[] = [];
  const measure = columns.find(({ name }) => name === analysis.measure);
  if (measure?.sum !== undefined) {
    const total =
      series?.aggregate === "sum" ? `adds up to ${number(measure.sum)}, with a mean of` : "has a mean of";
    const middle = `and a median of ${show(measure.median)}`;
    lines.push(`**${inert(measure.name)}** ${total} ${show(measure.mean)} ${middle}.`);
  }
  if (series) lines.push(extremes(series));
  for (const column of columns
    .filter(({ type }) => type === "text" || type === "boolean")
    .filter(repeats)
    .slice(0, 3)) {
    const [top] = column.topValues;
    if (top) {
      lines.push(
        `The most common **${inert(column.name)}** is ${inert(clip(top.value, 60))} (${share(column, top.count)} of ${plural(column.count, "row")}).`,
      );
    }
  }
  const gaps = columns.filter(({ missing }) => missing > 0).sort((a, b) => b.missing - a.missing);
  if (gaps.length === 0) lines.push("No value is missing.");
  else {
    const worst = gaps
      .slice(0, 3)
      .map(({ name, missing }) => `${inert(name)} (${percent(missing / Math.max(1, rows))})`);
    lines.push(
      `${plural(gaps.length, "column")} ${gaps.length === 1 ? "has" : "have"} missing values, most of all ${worst.join(", ")}.`,
    );
  }
  return lines;
}

function extremes({ points, aggregate, period, measure }: NonNullable<Analysis["series"]>): string {
  const sorted = [...points].sort((a, b) => pointValue(a, aggregate) - pointValue(b, aggregate));
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return "";
  const say = (point: typeof low) =>
    `${duringPeriod(point.start, period)} (${number(pointValue(point, aggregate))})`;
  const what = {
    sum: `**${inert(measure ?? "")}** was`,
    mean: `The mean **${inert(measure ?? "")}** was`,
    rows: "The number of rows was",
  };
  return `${what[aggregate]} highest ${say(high)} and lowest ${say(low)}.`;
}

/** True for a column in which values recur, so that its most common ones say something. */
function repeats(column: ColumnSummary): boolean {
  return (column.topValues[0]?.count ?? 0) > 1 && column.distinct <= column.count / 2;
}

function section(title: string, body: string): string {
  return body && `## ${title}\n\n${body}`;
}

function table<T>(head: string[], alignment: string, items: T[], cells: (item: T) => string[]): string {
  if (items.length === 0) return "";
  const rule = [...alignment].map((side) => (side === "r" ? "---:" : "---"));
  const body = items.slice(0, mostTableRows).map((item) => cells(item).map((cell) => inert(clip(cell, 300))));
  const rest = items.length - body.length;
  const lines = [head, rule, ...body].map((row) => `| ${row.join(" | ")} |`);
  return lines.join("\n") + (rest > 0 ? `\n\n… and ${plural(rest, "more column")}: see the statistics.` : "");
}

function show(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? number(value) : value.replace("T", " ");
}

function share({ count, topValuesAreEstimates }: ColumnSummary, times: number): string {
  return `${topValuesAreEstimates ? "at least " : ""}${percent(times / count)}`;
}

function about(value: number, estimate: boolean): string {
  return estimate ? `≈ ${number(value)}` : number(value);
}

/** Text from a file must stay text: no tables broken, no links, images or HTML made. */
function inert(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&");
}
