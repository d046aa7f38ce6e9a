/** Task states as received: one this version does not know is neither an end nor a pause (CLI specification 9.1). */
import { states } from "@parley/a2a/protocol";

const known: Readonly<Record<string, { terminal: boolean; interrupted: boolean } | undefined>> = states;

export function isTerminal(state: string): boolean {
  return known[state]?.terminal ?? false;
}

/** The task waits for the caller. */
export function isInterrupted(state: string): boolean {
  return known[state]?.interrupted ?? false;
}

/** Waiting stops here. */
export function isSettled(state: string): boolean {
  return isTerminal(state) || isInterrupted(state);
}
