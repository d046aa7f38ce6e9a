/** What a run found, counted and grouped for people. */
import type { Level } from "./check.js";
import type { Outcome, Report, Result } from "./run.js";

export const levels: readonly Level[] = ["MUST", "SHOULD", "MAY"];

export type Counts = Readonly<Record<Level, Readonly<Record<Outcome, number>>>>;

export function countsOf(results: readonly Result[]): Counts {
  const counts = { MUST: none(), SHOULD: none(), MAY: none() };
  for (const { level, outcome } of results) counts[level][outcome]++;
  return counts;
}

const none = () => ({ passed: 0, failed: 0, untested: 0 });

/** Whether the agent breaks the specification. */
export function failsAMust({ results }: Report): boolean {
  return results.some(({ level, outcome }) => level === "MUST" && outcome === "failed");
}

/** One failure, with every interface that shows it. */
export interface Failure {
  readonly result: Result;
  readonly subjects: readonly string[];
}

/** Failures by check, those of a MUST first. */
export function failures(results: readonly Result[]): Failure[] {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const first = failed.filter(({ check }, i) => failed.findIndex((each) => each.check === check) === i);
  return first
    .map((result) => ({
      result,
      subjects: failed.filter(({ check }) => check === result.check).map(({ subject }) => subject),
    }))
    .sort((a, b) => levels.indexOf(a.result.level) - levels.indexOf(b.result.level));
}

/** Why checks are untested, each reason with the checks it kept from running. */
export function untestedReasons(results: readonly Result[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { outcome, reason = "", check } of results) {
    if (outcome !== "untested") continue;
    const checks = reasons.get(reason) ?? [];
    if (!checks.includes(check)) checks.push(check);
    reasons.set(reason, checks);
  }
  return reasons;
}
