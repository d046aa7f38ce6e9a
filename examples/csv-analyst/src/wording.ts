/** Numbers, dates and cells as people like to read them. */

import type { Series } from "./analysis.js";
import type { Point } from "./time-series.js";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fraction = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const huge = new Intl.NumberFormat("en", { notation: "scientific", maximumFractionDigits: 3 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

/** 12,345 or 0.0123: no more digits than somebody wants to see. */
export function number(value: number): string {
  if (Math.abs(value) >= 1e15) return huge.format(value);
  if (Number.isInteger(value)) return whole.format(value);
  return Math.abs(value) >= 1 ? fraction.format(value) : small.format(value);
}

/** 1.2M, for charts; numbers below `from` are written out. */
export function short(value: number, from = 10_000): string {
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-3)) return huge.format(value);
  return Math.abs(value) < from ? number(value) : compact.format(value);
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share < 1 && share > 0.999) return ">99.9%";
  return `${Number((share * 100).toFixed(1))}%`;
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** One line, at most `longest` characters. */
export function clip(text: string, longest: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : line;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The name of the period that begins at an instant: 2024, Q2 2024, Mar 2024, 5 Mar 2024, 5 Mar 2024 14:00. */
export function periodName(start: number, period: Series["period"]): string {
  const date = new Date(start);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  if (period === "year") return `${year}`;
  if (period === "quarter") return `Q${Math.floor(month / 3) + 1} ${year}`;
  if (period === "month") return `${monthNames[month]} ${year}`;
  const day = `${date.getUTCDate()} ${monthNames[month]} ${year}`;
  if (period === "week") return `week of ${day}`;
  if (period === "day") return day;
  return `${day} ${date.toISOString().slice(11, period === "second" ? 19 : 16)}`;
}

/** In March, on 5 March, at 14:00. */
export function duringPeriod(start: number, period: Series["period"]): string {
  const preposition = period === "day" ? "on" : ["hour", "minute", "second"].includes(period) ? "at" : "in";
  return `${preposition} ${period === "week" ? "the " : ""}${periodName(start, period)}`;
}

export function pointValue({ sum, count }: Point, aggregate: Series["aggregate"]): number {
  return aggregate === "mean" ? sum / count : sum;
}

/** amount per week, mean temperature per day, rows per month. */
export function seriesTitle({ measure, aggregate, period, points }: Series): string {
  if (!measure || aggregate === "rows") return `Rows per ${period}`;
  if (points.every(({ count }) => count === 1)) return `${measure} over time`;
  return aggregate === "sum" ? `Total ${measure} per ${period}` : `Mean ${measure} per ${period}`;
}
