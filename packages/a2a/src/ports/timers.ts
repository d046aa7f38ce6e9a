/** The timer, which alone keeps no process running, where timers are objects that know of it. */
export function unref<T>(timer: T): T {
  (timer as { unref?: () => unknown }).unref?.();
  return timer;
}
