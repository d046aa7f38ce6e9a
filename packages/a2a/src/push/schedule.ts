/** When an event that was not accepted is sent again. */

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** Before the second attempt, the third, and so on, in milliseconds: ten attempts in two days. */
export const defaultSchedule: readonly number[] = [
  5 * seconds,
  30 * seconds,
  2 * minutes,
  10 * minutes,
  1 * hours,
  3 * hours,
  6 * hours,
  12 * hours,
  24 * hours,
];

/** A receiver may put off the next attempt for so long at most. */
const maxRetryAfter = 24 * hours;

/** A fifth more or less, so that what failed together does not come back together. */
export function jittered(millis: number): number {
  return millis * (0.8 + Math.random() * 0.4);
}

/** What `Retry-After` asks for, seconds or a date, in milliseconds within bounds; 0 when it says nothing. */
export function retryAfterMillis(value: string | undefined, now = Date.now()): number {
  if (value === undefined) return 0;
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(millis) ? 0 : Math.min(Math.max(millis, 0), maxRetryAfter);
}
