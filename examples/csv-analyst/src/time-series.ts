/** Values over time in bounded memory: buckets that become coarser when there are too many of them. */

const periods = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"] as const;
export type Period = (typeof periods)[number];

export interface Point {
  /** Milliseconds since 1970 at which the period begins. */
  start: number;
  sum: number;
  count: number;
}

const mostBuckets = 4000;
const day = 86_400_000;

export class TimeSeries {
  #buckets = new Map<number, Point>();
  #period: Period = "second";
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  add(instant: number, value: number): void {
    if (instant < this.#first) this.#first = instant;
    if (instant > this.#last) this.#last = instant;
    const start = periodStart(instant, this.#period);
    const bucket = this.#buckets.get(start);
    if (bucket) {
      bucket.sum += value;
      bucket.count++;
      return;
    }
    this.#buckets.set(start, { start, sum: value, count: 1 });
    if (this.#buckets.size <= mostBuckets) return;
    const coarser = periods[periods.indexOf(this.#period) + 1];
    if (coarser) this.#coarsen(coarser);
  }

  /** The series in the finest period that its dates know and that needs at most `most` points, oldest first. */
  points(most: number): { period: Period; points: Point[] } {
    let found = { period: this.#period, points: [...this.#buckets.values()] };
    for (const period of periods.slice(periods.indexOf(this.#period) + 1)) {
      const lossless = found.points.every(({ start }) => periodStart(start, period) === start);
      if (found.points.length <= most && !lossless) continue;
      found = { period, points: [...merged(this.#buckets, period).values()] };
    }
    found.points.sort((a, b) => a.start - b.start);
    return found;
  }

  /** The points without a first or last one that its dates fill only in part: its total would look like a fall. */
  whole(most: number): { period: Period; points: Point[] } {
    const { period, points } = this.points(most);
    const [first, second] = points;
    const [previous, last] = points.slice(-2);
    if (points.length < 6 || !first || !second || !previous || !last) return { period, points };
    const from = this.#first >= first.start + day && first.count < second.count / 2 ? 1 : 0;
    const to =
      periodStart(this.#last + day, period) === last.start && last.count < previous.count / 2
        ? -1
        : undefined;
    return { period, points: points.slice(from, to) };
  }

  #coarsen(period: Period): void {
    this.#buckets = merged(this.#buckets, period);
    this.#period = period;
  }
}

function merged(buckets: Map<number, Point>, period: Period): Map<number, Point> {
  const result = new Map<number, Point>();
  for (const point of buckets.values()) {
    const start = periodStart(point.start, period);
    const known = result.get(start);
    if (known) {
      known.sum += point.sum;
      known.count += point.count;
    } else result.set(start, { start, sum: point.sum, count: point.count });
  }
  return result;
}

/** When the period that holds an instant begins (UTC; weeks begin on Monday). */
function periodStart(instant: number, period: Period): number {
  if (period === "second") return Math.floor(instant / 1000) * 1000;
  if (period === "minute") return Math.floor(instant / 60_000) * 60_000;
  if (period === "hour") return Math.floor(instant / 3_600_000) * 3_600_000;
  if (period === "day") return Math.floor(instant / day) * day;
  if (period === "week") return Math.floor((instant / day + 3) / 7) * 7 * day - 3 * day;
  const date = new Date(instant);
  const month = date.getUTCMonth();
  const first = period === "month" ? month : period === "quarter" ? month - (month % 3) : 0;
  return Date.UTC(date.getUTCFullYear(), first);
}
