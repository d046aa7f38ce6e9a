/**
 * The official kit (github:a2aproject/a2a-tck), run and judged: `run.ts` starts the agent and the kit, `report.ts`
 * reads what the kit wrote, `expectations.ts` what it is expected to find, `judge.ts` compares the two, and
 * `results.ts` writes the tables of docs/conformance.md. The kit is told where it is; nothing here downloads it.
 */
export { type Expectations, readExpectations } from "./expectations.js";
export { judge } from "./judge.js";
export { type KitRun, type Outcome, readRun } from "./report.js";
export { resultsTable } from "./results.js";
