/**
 * The chart that says most about a table, as SVG: values over time when there is a date,
 * else the most common values of a category, else a histogram, else how filled the columns are.
 */
import type { Analysis } from "./analysis.js";
import { barsSvg, histogramSvg, lineSvg, niceStep } from "./svg.js";
import { clip, number, plural, pointValue, seriesTitle, short } from "./wording.js";

const mostBars = 12;
const bins = 24;

/** Draws the chart of an analysis. `name`: what the file is called. */
export function chart(analysis: Analysis, name: string): string {
  const from = `${clip(name, 60)}, ${plural(analysis.rows, "row")}`;
  return (
    overTime(analysis, from) ??
    categories(analysis, from) ??
    histogram(analysis, from) ??
    filled(analysis, from)
  );
}

function overTime({ series }: Analysis, from: string): string | undefined {
  if (!series) return undefined;
  const points = series.points.map((point) => ({
    at: point.start,
    value: pointValue(point, series.aggregate),
  }));
  return lineSvg({
    title: seriesTitle(series),
    subtitle: `${from}, by ${series.date}`,
    points,
    period: series.period,
    fromZero: series.aggregate !== "mean",
  });
}

function categories({ columns }: Analysis, from: string): string | undefined {
  const fitting = columns.filter(
    ({ type, distinct, count }) =>
      (type === "text" || type === "boolean") &&
      distinct >= 2 &&
      distinct <= Math.max(2, Math.min(200, count / 2)),
  );
  const [column] = fitting.sort((a, b) => fitness(b) - fitness(a));
  if (!column) return undefined;
  const shown = column.topValues.slice(0, mostBars);
  const rest = column.count - shown.reduce((sum, { count }) => sum + count, 0);
  const others = column.distinct - shown.length;
  return barsSvg({
    title: others > 0 ? `Most common values of ${column.name}` : `Rows by ${column.name}`,
    subtitle: from,
    bars: [
      ...shown.map(({ value, count }) => ({ label: value, value: count, text: number(count) })),
      ...(others > 0
        ? [{ label: `${number(others)} others`, value: rest, text: number(rest), muted: true }]
        : []),
    ],
  });
}

function fitness({ type, distinct }: Analysis["columns"][number]): number {
  return (type === "text" ? 2 : 1) + (distinct >= 3 && distinct <= mostBars ? 2 : 0);
}

function histogram(analysis: Analysis, from: string): string | undefined {
  const numeric = analysis.columns.filter(
    ({ type, min, max }) => (type === "number" || type === "integer") && min !== max,
  );
  const column =
    numeric.find(({ name }) => name === analysis.measure) ??
    numeric.find(({ type, distinct, count }) => type === "number" || distinct < count) ??
    numeric[0];
  if (!column?.quantiles) return undefined;
  const [min, max] = [Number(column.min), Number(column.max)];
  const [p5, p95] = [Number(column.quantiles.p5), Number(column.quantiles.p95)];
  const reach = p95 > p5 ? 1.5 * (p95 - p5) : max - min;
  const [low, high] = [Math.max(min, p5 - reach), Math.min(max, p95 + reach)];
  const step = niceStep((high - low) / bins, column.type === "integer");
  const start = Math.floor(low / step) * step;
  const edges = Array.from(
    { length: Math.floor((high - start) / step) + 2 },
    (_, index) => start + index * step,
  );
  const counts = analysis.histogram(column.name, edges);
  const outside = column.count - column.mismatched - counts.reduce((sum, count) => sum + count, 0);
  const beyond =
    outside > 0
      ? `; ${plural(outside, "value")} outside ${short(edges[0] ?? 0)} to ${short(edges.at(-1) ?? 0)} not drawn`
      : "";
  return histogramSvg({
    title: `Distribution of ${column.name}`,
    subtitle: `${from}${beyond}`,
    edges,
    counts,
    axis: column.name,
  });
}

function filled({ columns, rows }: Analysis, from: string): string {
  return barsSvg({
    title: "Filled cells per column",
    subtitle: from,
    bars: columns
      .slice(0, 15)
      .map(({ name, count }) => ({ label: name, value: count, text: `${number(count)} of ${number(rows)}` })),
  });
}
