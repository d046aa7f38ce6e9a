import type { Serving } from "./serve.js";

/** What a process has left after everything is closed before it is ended, in milliseconds: something may keep it alive. */
const leaveMillis = 1000;

/**
 * Drains on SIGTERM and SIGINT, and then the process ends. A second signal ends it at once.
 *
 * @param deadlineMs As `Serving.drain` has it, and
 * @param noticeMs too.
 *
 * @example
 * stopOnSignals(await serve(agent, { port: 4100 }));
 */
export function stopOnSignals(serving: Pick<Serving, "drain">, deadlineMs?: number, noticeMs?: number): void {
  const stop = async () => {
    // Nobody listens then, so that a second one ends the process.
    process.off("SIGTERM", stop).off("SIGINT", stop);
    try {
      await serving.drain(deadlineMs, noticeMs);
    } finally {
      setTimeout(() => process.exit(), leaveMillis).unref();
    }
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}
