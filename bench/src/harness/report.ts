/** What was measured, as a table for people and as JSON for machines. */
import { cpus } from "node:os";
import type { Metric, Target } from "../rows/row.js";
import type { RowResult } from "./run-row.js";
import { type AgentValue, judge, type Verdict } from "./verdict.js";

export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Servers and load each on a core of their own. */
  readonly pinned: boolean;
  /** Fewer of everything: the figures mean little. */
  readonly quick: boolean;
}

export function machine(pinned: boolean, quick: boolean): Machine {
  return { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, pinned, quick };
}

export function jsonReport(results: readonly RowResult[], on: Machine): object {
  return {
    machine: on,
    rows: results.map((result) => ({
      row: result.row.id,
      title: result.row.title,
      metrics: result.row.metrics.map((metric) => ({ ...metric, values: judge(metric, result) })),
      missing: Object.fromEntries(result.missing),
      failures: Object.fromEntries([...result.failures].map(([agent, error]) => [agent, error.message])),
    })),
  };
}

function figure(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function targetText({ bound, value, ratioTo }: Target, unit: string): string {
  return ratioTo === undefined ? `${bound} ${value} ${unit}`.trim() : `${bound} ${value}x ${ratioTo}`;
}

function verdictText({ target, reached, pass }: Verdict, unit: string): string {
  const value = target.ratioTo === undefined ? "" : `${figure(reached)}x, `;
  return `${pass ? "pass" : "MISS"} (${value}${targetText(target, unit)})`;
}

function line(value: AgentValue, unit: string): string[] {
  const spread = value.rounds > 1 ? `${figure(value.lowest)} .. ${figure(value.highest)}` : "";
  const ratios = Object.entries(value.ratios).map(([name, ratio]) => `${figure(ratio)}x ${name}`);
  return [
    `    ${value.agent}`,
    figure(value.median),
    spread,
    ratios.join(", "),
    value.verdicts.map((verdict) => verdictText(verdict, unit)).join(", "),
  ];
}

function metricLines(metric: Metric, result: RowResult): string[] {
  const table = judge(metric, result).map((value) => line(value, metric.unit));
  const width = (column: number) => Math.max(...table.map((cells) => cells[column]!.length));
  const heading = metric.unit === "" ? metric.title : `${metric.title}, ${metric.unit}`;
  return [
    `  ${heading}`,
    ...table.map((cells) =>
      cells
        .map((cell, column) => (column === 1 ? cell.padStart(width(column)) : cell.padEnd(width(column))))
        .join("  ")
        .trimEnd(),
    ),
  ];
}

/** The part of the table for one row; rows are printed as they are done. */
export function rowText(result: RowResult): string {
  const failures = [...result.failures].map(([agent, error]) => `    ${agent}  FAILED: ${error.message}`);
  const missing = [...result.missing].map(([agent, why]) => `    ${agent}  not measured: ${why}`);
  const lines = result.measured.size === 0 ? [] : result.row.metrics.flatMap((m) => metricLines(m, result));
  return [`${result.row.id}: ${result.row.title}`, ...lines, ...missing, ...failures, ""].join("\n");
}

export function machineText({ node, cpu, cores, pinned, quick }: Machine): string {
  const where = pinned
    ? "servers on core 0, load on core 1"
    : "NOT PINNED: no taskset or a single core, figures are rough";
  const how = quick ? "QUICK: shows that it works, measures little" : "Medians, lowest .. highest";
  return `Node ${node}, ${cpu}, ${cores} cores; ${where}. ${how}.\n`;
}
