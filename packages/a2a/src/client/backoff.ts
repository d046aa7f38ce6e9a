/** When to try again, and how long to wait before. */
import { A2AError, type ErrorReason } from "../protocol/index.js";
import { TransportError } from "./transport-error.js";

/** Longest wait that an agent may ask for; beyond it the caller is told instead. */
const longestWait = 30_000;

/** Nothing was done for now. An agent that was frozen while a request came says that it did not arrive in time. */
const passing: ReadonlySet<ErrorReason> = new Set(["UNAVAILABLE", "RESOURCE_EXHAUSTED", "REQUEST_TIMEOUT"]);

/** The agent could not be reached, or says that it cannot answer now. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransportError) return error.kind === "network";
  if (!(error instanceof A2AError)) return false;
  return passing.has(error.reason) && (error.retryAfter ?? 0) * 1000 <= longestWait;
}

/**
 * Milliseconds to wait before trying again: doubling from 100 ms up to 8 s, half of it by chance, so that many clients
 * of one agent do not come back at once. Never less than the agent asks for.
 *
 * @param attempt 0 for the first repetition.
 * @param retry The `retry` time of a stream.
 */
export function delayBefore(attempt: number, error: unknown, retry = 0): number {
  const delay = Math.min(100 * 2 ** attempt, 8_000) * (0.5 + Math.random() / 2);
  const asked = error instanceof A2AError ? (error.retryAfter ?? 0) * 1000 : 0;
  return Math.max(delay, asked, Math.min(retry, longestWait));
}

/** @throws the signal's reason */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
