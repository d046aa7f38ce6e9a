import { setTimeout as sleep } from "node:timers/promises";
import { TransportError } from "@parley/a2a/client";
import { A2AError, type Task } from "@parley/a2a/protocol";
import { getTask, type Session } from "../agent/index.js";
import type { Context } from "../context.js";
import { isSettled } from "../task-state.js";

/** Shorter pauses would be a busy loop. */
const shortest = 50;
const longest = 30_000;

/** How often in a row the agent may fail to answer. */
const patience = 10;

export interface PollOptions {
  readonly historyLength?: number | undefined;
  /** Sees every answer. */
  readonly onTask?: (task: Task) => void;
}

/**
 * Asks for the task until it ends or needs the caller (9.3). The pauses begin at an eighth of --poll-interval
 * and double up to it; while the agent does not answer they double further, up to 30 s.
 *
 * @throws A2AError, TransportError when it keeps failing; an AbortError when the session's signal is aborted
 */
export async function pollUntilSettled(
  context: Context,
  session: Session,
  id: string,
  { historyLength, onTask }: PollOptions = {},
): Promise<Task> {
  const interval = Math.max(context.config.get("poll-interval") ?? 0, shortest);
  let pause = Math.max(interval / 8, shortest);
  let failures = 0;
  for (;;) {
    try {
      const task = await getTask(session, { id, historyLength });
      failures = 0;
      onTask?.(task);
      if (isSettled(task.status.state)) return task;
      context.diagnostics.debug(`${task.status.state}; next look in ${Math.round(pause)} ms`);
    } catch (error) {
      if (!isTransient(error) || ++failures >= patience) throw error;
      context.diagnostics.warn(`no answer (${error instanceof Error ? error.message : error}); trying again`);
    }
    await sleep(pause, undefined, { signal: session.signal });
    pause = failures > 0 ? Math.min(pause * 2, longest) : Math.min(pause * 2, interval);
  }
}

/** The agent may answer later: it was not there, or had no time. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransportError) return error.kind !== "http";
  return (
    error instanceof A2AError && (error.reason === "UNAVAILABLE" || error.reason === "RESOURCE_EXHAUSTED")
  );
}
