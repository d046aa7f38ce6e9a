/** Medians of a row's rounds, and how they stand to the targets. Pure. */
import type { Metric, Target } from "../rows/row.js";
import type { RowResult } from "./run-row.js";

export interface Verdict {
  readonly target: Target;
  /** The value or ratio that was held against the bound. */
  readonly reached: number;
  readonly pass: boolean;
}

export interface AgentValue {
  readonly agent: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rounds: number;
  /** Against the others of the row that serve as yardsticks. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly verdicts: readonly Verdict[];
}

const yardsticks = ["floor", "sdk-memory", "sdk-sqlite", "sdk-postgres", "sdk-webhooks"];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function reaches({ bound, value }: Target, reached: number): boolean {
  return bound === "at most" ? reached <= value : reached >= value;
}

/** One value per agent that was measured. Targets against an agent that was not are left out. */
export function judge(metric: Metric, { measured }: RowResult): AgentValue[] {
  const medians = new Map<string, number>();
  const all = new Map<string, number[]>();
  for (const [agent, rounds] of measured) {
    const values = rounds.map((measures) => measures[metric.id]!);
    all.set(agent, values);
    medians.set(agent, median(values));
  }
  return [...medians].map(([agent, value]) => {
    const values = all.get(agent)!;
    const ratioTo = (name: string) => value / (medians.get(name) ?? Number.NaN);
    const verdicts = metric.targets
      .filter((target) => concerns(target, agent))
      .filter(({ ratioTo: other }) => other === undefined || medians.has(other))
      .map((target) => {
        const reached = target.ratioTo === undefined ? value : ratioTo(target.ratioTo);
        return { target, reached, pass: reaches(target, reached) };
      });
    const others = yardsticks.filter((name) => name !== agent && medians.has(name));
    return {
      agent,
      median: value,
      lowest: Math.min(...values),
      highest: Math.max(...values),
      rounds: values.length,
      ratios: Object.fromEntries(others.map((name) => [name, ratioTo(name)])),
      verdicts,
    };
  });
}

/** Targets bind everyone but the yardsticks themselves. */
function concerns({ agents }: Target, agent: string): boolean {
  return agents === undefined ? !yardsticks.includes(agent) : agents.includes(agent);
}
