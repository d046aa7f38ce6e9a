/** Marks on a time axis: at most nine, at round dates. */
import { periodName } from "./wording.js";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const most = 9;

const steps = [1, 2, 5, 10, 15, 30]
  .flatMap((count) => [count * second, count * minute])
  .concat([1, 2, 3, 6, 12].map((count) => count * hour))
  .concat([1, 2, 7, 14].map((count) => count * day))
  .sort((a, b) => a - b);
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

export function timeTicks(first: number, last: number): { at: number; label: string }[] {
  const step = steps.find((one) => (last - first) / one <= most - 1);
  if (step !== undefined) {
    const ticks = [];
    for (let at = Math.ceil(first / step) * step; at <= last; at += step)
      ticks.push({ at, label: label(at, step) });
    return ticks;
  }
  const [from, to] = [monthOf(first), monthOf(last)];
  const months = monthSteps.find((one) => (to - from) / one <= most - 1) ?? 12_000;
  const ticks = [];
  for (let month = Math.ceil(from / months) * months; month <= to; month += months) {
    const at = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    if (at >= first && at <= last) ticks.push({ at, label: periodName(at, months < 12 ? "month" : "year") });
  }
  return ticks;
}

function label(at: number, step: number): string {
  if (step >= day) return periodName(at, "day").slice(0, -5);
  const clock = new Date(at).toISOString().slice(11, step < minute ? 19 : 16);
  return at % day === 0 ? periodName(at, "day").slice(0, -5) : clock;
}

/** Months since the year 0. */
function monthOf(instant: number): number {
  const date = new Date(instant);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
