/** Waiting for what may never come. */
import { longestTimer } from "../ports/timers.js";

/** `setTimeout` that takes Infinity as well. */
export function after(ms: number, act: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(act, Math.min(ms, longestTimer));
}

/**
 * What a promise gives, unless its time is over before, or the signal aborted.
 *
 * @param late The error when the time is over.
 * @throws what the promise does; the signal's reason
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  late: () => Error,
  promise: PromiseLike<T>,
): Promise<T> {
  signal?.throwIfAborted();
  let stop = () => {};
  const end = new Promise<never>((_, reject) => {
    const abort = () => reject(signal?.reason);
    const timer = after(ms, () => reject(late()));
    signal?.addEventListener("abort", abort);
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    stop();
  }
}
