/**
 * A kit of our own that checks any live agent from outside, over every interface its card declares: `examine` runs the
 * tables in `checks/` (one row per requirement of the specification) over raw wires in `wire/`, `summary.ts` and
 * `junit.ts` tell what was found. `parley conformance` calls it. It calls the SDK for the schema and the tables of
 * operations and errors, never for the exchange itself.
 */
export { catalogue } from "./catalogue.js";
export type { Level } from "./check.js";
export { junit } from "./junit.js";
export {
  cardChecks,
  currentChecks,
  examine,
  firstChecks,
  type KitOptions,
  type Outcome,
  oldChecks,
  type Reference,
  type Report,
  type Result,
  Unreachable,
} from "./run.js";
export { type Counts, countsOf, failsAMust, failures, levels, untestedReasons } from "./summary.js";
