/**
 * The official kit (github:a2aproject/a2a-tck) for 1.0 and 0.3, run and judged: `run.ts` runs it by `kits.ts` against
 * the agent, `report.ts` reads what it wrote, `expectations.ts` what it is expected to find, `judge.ts` compares the
 * two, and `results.ts` makes the tables of docs/conformance.md. Nothing here downloads a kit.
 */
export { type Expectations, readExpectations } from "./expectations.js";
export { judge } from "./judge.js";
export { type Kit, kitIn } from "./kits.js";
export { type KitRun, mergeRuns, readRun, readTestRun } from "./report.js";
export { resultsTable } from "./results.js";
