/** The timer, which alone keeps no process running, where timers are objects that know of it. */
export function unref<T>(timer: T): T {
  (timer as { unref?: () => unknown }).unref?.();
  return timer;
}

/** As long as timers can wait, in milliseconds: what is longer would be over at once. */
export const longestTimer = 2 ** 31 - 1;
