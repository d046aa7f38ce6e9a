/** The shape of a row: what it measures, of whom, and the target it is held to. */
import type { AgentSpec } from "../harness/agents.js";
import type { RunningAgent } from "../harness/running-agent.js";
import type { Surroundings } from "../harness/surroundings.js";

/** Holds an agent's value against a bound, or its ratio to another agent's value. */
export interface Target {
  /** The other agent; without one the value itself is bounded. */
  readonly ratioTo?: string;
  readonly bound: "at most" | "at least";
  readonly value: number;
  /** Whom it concerns; without it, everyone that takes part but the yardsticks. */
  readonly agents?: readonly string[];
}

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
}

/** One value per metric id. */
export type Measures = Readonly<Record<string, number>>;

export interface Scale {
  /** Fewer of everything: shows that it works, measures little. */
  readonly quick: boolean;
  /** `full`, or `small` when quick. */
  of(full: number, small: number): number;
}

interface RowBase {
  readonly id: string;
  readonly title: string;
  /** Names from the agents table; an agent of one's own takes part in every row but those of packages. */
  readonly agents: readonly string[];
  readonly metrics: readonly Metric[];
  /** How often each agent is measured; quick runs measure once. */
  readonly rounds: number;
  /** Takes so long that it runs only where it is named. */
  readonly onDemand?: boolean;
}

/** Measures a running server: one for all rounds, or a fresh one for each. */
export interface ServerRow extends RowBase {
  readonly kind: "server";
  readonly fresh: boolean;
  warmUp(agent: RunningAgent, scale: Scale): Promise<void>;
  measure(agent: RunningAgent, scale: Scale): Promise<Measures>;
}

/** Starts what it measures itself. */
export interface SpawningRow extends RowBase {
  readonly kind: "spawning";
  measure(spec: AgentSpec, scale: Scale, around: Surroundings): Promise<Measures>;
}

/** Measures packages, not servers: one run gives every agent's values. */
export interface PackageRow extends RowBase {
  readonly kind: "package";
  measure(): Readonly<Record<string, Measures>>;
}

export type Row = ServerRow | SpawningRow | PackageRow;
