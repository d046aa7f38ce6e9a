/** Runs one row: agents interleaved (A B C, A B C ...), every failure kept with its agent. */

import { serverMissing } from "@parley/servers";
import type { Measures, Row, Scale, ServerRow, SpawningRow } from "../rows/row.js";
import { type AgentSpec, serversOf } from "./agents.js";
import { RunningAgent } from "./running-agent.js";
import type { Surroundings } from "./surroundings.js";

export interface RowResult {
  readonly row: Row;
  /** Per agent, the measures of each round. */
  readonly measured: ReadonlyMap<string, readonly Measures[]>;
  /** Per agent, why it has no (more) measures: it did not start or gave a wrong answer. */
  readonly failures: ReadonlyMap<string, Error>;
  /** Per agent, why it could not be measured on this machine. */
  readonly missing: ReadonlyMap<string, string>;
}

/** An agent whose round takes longer is measured once, and stopped. The others, which were idle meanwhile, warm up again. */
const slowRoundMs = 10_000;
const measureLimitMs = 300_000;

export async function runRow(
  row: Row,
  specs: readonly AgentSpec[],
  scale: Scale,
  around: Surroundings,
): Promise<RowResult> {
  const measured = new Map<string, Measures[]>();
  const failures = new Map<string, Error>();
  const missing = new Map<string, string>();
  if (row.kind === "package") {
    const packages = row.measure();
    for (const { name } of specs) if (packages[name]) measured.set(name, [packages[name]]);
    return { row, measured, failures, missing };
  }
  for (const spec of specs) {
    const why = serversOf(spec).flatMap((name) => serverMissing(name) ?? []);
    if (why.length > 0) missing.set(spec.name, why.join("; "));
  }
  const able = specs.filter(({ name }) => !missing.has(name));
  const lanes = able.map((spec) => lane(row, spec, scale, around));
  const done = new Set<string>();
  try {
    for (let round = 0; round < (scale.quick ? 1 : row.rounds); round++) {
      for (const { name, measure, close } of lanes) {
        if (done.has(name)) continue;
        const begin = performance.now();
        try {
          const measures = await measure();
          measured.set(name, [...(measured.get(name) ?? []), measures]);
        } catch (error) {
          failures.set(name, error as Error);
          done.add(name);
        }
        if (performance.now() - begin > slowRoundMs) {
          done.add(name);
          await close();
          for (const each of lanes) each.cool();
        }
      }
    }
  } finally {
    for (const { close } of lanes) await close();
  }
  return { row, measured, failures, missing };
}

/** One agent's way through a row. */
interface Lane {
  readonly name: string;
  measure(): Promise<Measures>;
  /** It was idle: runtimes give back memory then, and have to ask for it again. */
  cool(): void;
  close(): Promise<void>;
}

function lane(row: ServerRow | SpawningRow, spec: AgentSpec, scale: Scale, around: Surroundings): Lane {
  if (row.kind === "spawning") {
    const measure = () => row.measure(spec, scale, around);
    return { name: spec.name, measure, cool: () => {}, close: async () => {} };
  }
  let running: RunningAgent | undefined;
  let warm = false;
  const close = async () => {
    await running?.stop();
    running = undefined;
    warm = false;
  };
  return {
    name: spec.name,
    close,
    cool() {
      warm = false;
    },
    async measure() {
      if (row.fresh) await close();
      running ??= await RunningAgent.start(spec, around);
      if (!warm) await limited(running, row.warmUp(running, scale));
      warm = true;
      return await limited(running, row.measure(running, scale));
    },
  };
}

/** Stops the server when a measurement does not end, so that its requests fail and say so. */
async function limited<T>(agent: RunningAgent, work: Promise<T>): Promise<T> {
  let late: Error | undefined;
  const timer = setTimeout(() => {
    late = new Error(`no end after ${measureLimitMs / 1_000} s`);
    void agent.stop();
  }, measureLimitMs);
  try {
    return await work;
  } catch (error) {
    throw late ?? error;
  } finally {
    clearTimeout(timer);
  }
}
