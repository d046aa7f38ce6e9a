/** Three kinds of chart as SVG documents: a line over time, bars with names, a histogram. Pure text, no fonts to load. */
import type { Period } from "./time-series.js";
import { timeTicks } from "./time-ticks.js";
import { clip, periodName, short } from "./wording.js";

interface Titles {
  title: string;
  subtitle: string;
}

const width = 960;
const height = 540;
const top = 92;
const bottom = 52;
const right = 36;
const ink = "#1f2937";
const soft = "#6b7280";
const grid = "#e5e7eb";
const blue = "#2563eb";

/** A line over time. `fromZero`: the value axis begins at zero. */
export function lineSvg(
  chart: Titles & { points: { at: number; value: number }[]; period: Period; fromZero: boolean },
): string {
  const { points, period } = chart;
  const values = points.map(({ value }) => value);
  const ticks = valueTicks(Math.min(...values), Math.max(...values), chart.fromZero);
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1];
  const left = leftFor(ticks);
  const x = (at: number) => left + ((at - first) / (last - first || 1)) * (width - right - left);
  const y = verticalScale(ticks);
  const path = points
    .map(({ at, value }, index) => `${index === 0 ? "M" : "L"}${round(x(at))} ${round(y(value))}`)
    .join("");
  const floor = round(y(ticks[0] ?? 0));
  const area =
    chart.fromZero && (ticks[0] ?? 0) === 0
      ? `<path d="${path}L${round(x(last))} ${floor}L${round(x(first))} ${floor}Z" fill="${blue}" fill-opacity="0.1"/>`
      : "";
  const dots =
    points.length > 40
      ? []
      : points.map(
          ({ at, value }) => `<circle cx="${round(x(at))}" cy="${round(y(value))}" r="3" fill="${blue}"/>`,
        );
  const peak = points.reduce(
    (best, point) => (point.value > best.value ? point : best),
    points[0] ?? { at: first, value: 0 },
  );
  const peakX = x(peak.at);
  const anchor = peakX > width - 220 ? "end" : peakX < left + 120 ? "start" : "middle";
  return document(chart, [
    ...valueAxis(ticks, left),
    ...timeTicks(first, last).map(({ at, label }) => {
      const place = round(x(at));
      return `<line x1="${place}" y1="${height - bottom}" x2="${place}" y2="${height - bottom + 5}" stroke="${soft}"/>${caption(place, height - bottom + 22, label, "middle")}`;
    }),
    area,
    `<path d="${path}" fill="none" stroke="${blue}" stroke-width="2" stroke-linejoin="round"/>`,
    ...dots,
    `<circle cx="${round(peakX)}" cy="${round(y(peak.value))}" r="4.5" fill="#fff" stroke="${blue}" stroke-width="2"/>`,
    caption(
      round(peakX),
      round(y(peak.value) - 12),
      `${short(peak.value)}, ${periodName(peak.at, period)}`,
      anchor,
      ink,
    ),
  ]);
}

/** Horizontal bars with their names on the left and their values at the end. */
export function barsSvg(
  chart: Titles & { bars: { label: string; value: number; text: string; muted?: boolean }[] },
): string {
  const labels = chart.bars.map(({ label }) => clip(label, 28) || "(blank)");
  const left = 36 + Math.min(260, Math.max(...labels.map(textWidth)));
  const room = width - right - left - Math.max(...chart.bars.map(({ text }) => textWidth(text))) - 10;
  const largest = Math.max(...chart.bars.map(({ value }) => value)) || 1;
  const step = Math.min(56, (height - top - 28) / chart.bars.length);
  return document(
    chart,
    chart.bars.map(({ value, text, muted }, index) => {
      const y = top + index * step;
      const long = round((value / largest) * room);
      const middle = round(y + step / 2 + 4.5);
      return [
        caption(left - 10, middle, labels[index] ?? "", "end", ink),
        `<rect x="${left}" y="${round(y + step * 0.14)}" width="${long}" height="${round(step * 0.72)}" rx="2" fill="${muted ? "#cbd5e1" : blue}"/>`,
        caption(left + long + 8, middle, text, "start"),
      ].join("");
    }),
  );
}

/** How many values lie between each two of the edges, which are equally far apart. */
export function histogramSvg(chart: Titles & { edges: number[]; counts: number[]; axis: string }): string {
  const { edges, counts } = chart;
  const ticks = valueTicks(0, Math.max(...counts), true).filter(Number.isInteger);
  const left = leftFor(ticks);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const x = (value: number) => left + ((value - low) / (high - low)) * (width - right - left);
  const y = verticalScale(ticks);
  const labels = valueTicks(low, high, false, 10).filter((value) => value >= low && value <= high);
  return document(chart, [
    ...valueAxis(ticks, left),
    ...counts.map((count, index) => {
      const [from, to] = [x(edges[index] ?? 0), x(edges[index + 1] ?? 0)];
      return `<rect x="${round(from + 1)}" y="${round(y(count))}" width="${round(Math.max(1, to - from - 2))}" height="${round(y(0) - y(count))}" fill="${blue}"/>`;
    }),
    ...labels.map((value) =>
      caption(round(x(value)), height - bottom + 20, axisLabel(value, labels), "middle"),
    ),
    caption(round((left + width - right) / 2), height - 10, clip(chart.axis, 60), "middle", ink),
  ]);
}

function document({ title, subtitle }: Titles, body: string[]): string {
  const [heading, below] = [clip(title, 70), clip(subtitle, 120)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif" font-size="13">`,
    `<title id="title">${xml(heading)}</title><desc id="desc">${xml(below)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="28" y="40" font-size="22" font-weight="600" fill="${ink}">${xml(heading)}</text>`,
    `<text x="28" y="64" font-size="14" fill="${soft}">${xml(below)}</text>`,
    ...body.filter(Boolean),
    "</svg>\n",
  ].join("\n");
}

function valueAxis(ticks: number[], left: number): string[] {
  const y = verticalScale(ticks);
  return ticks.map((tick) => {
    const place = round(y(tick));
    const line = `<line x1="${left}" y1="${place}" x2="${width - right}" y2="${place}" stroke="${tick === 0 || tick === ticks[0] ? "#9ca3af" : grid}"/>`;
    return line + caption(left - 8, place + 4.5, axisLabel(tick, ticks), "end");
  });
}

function verticalScale(ticks: number[]): (value: number) => number {
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => height - bottom - ((value - low) / (high - low || 1)) * (height - bottom - top);
}

/** Round values that enclose low and high, about `wanted` of them. */
function valueTicks(low: number, high: number, fromZero: boolean, wanted = 6): number[] {
  if (fromZero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) high = low + (Math.abs(low) || 1);
  const step = niceStep((high - low) / (wanted - 1));
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** All labels of an axis in one notation: 5K beside 10K. */
function axisLabel(tick: number, ticks: number[]): string {
  const large = Math.max(...ticks.map(Math.abs)) >= 10_000 && Number.isInteger(tick / 10);
  return large ? short(tick, 0) : short(tick);
}

function leftFor(ticks: number[]): number {
  return 28 + Math.ceil(Math.max(...ticks.map((tick) => textWidth(axisLabel(tick, ticks))))) + 8;
}

function caption(
  x: number,
  y: number,
  text: string,
  anchor: "start" | "middle" | "end",
  fill = soft,
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${xml(text)}</text>`;
}

/** About how wide a text is at 13 px; wide scripts take twice the room. */
function textWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? 13 : 7.2), 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function xml(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, "\ufffd")
    .replace(
      /[&<>"]/g,
      (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? "",
    );
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `width`. */
export function niceStep(width: number, integer = false): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= width * 0.999999) ?? width;
  return integer ? Math.max(1, Math.ceil(step)) : step;
}
