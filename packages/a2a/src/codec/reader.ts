/** What one reading of a value carries along: where it is, what was wrong so far, how strict it is. */
import type { FieldViolation } from "../protocol/index.js";

/**
 * `request`: everything required must be there and filled. `response`: what a peer may leave out
 * because it is the default is put back, empty lists are fine. `lenient` (cards of others): what is
 * broken or missing counts as unset, unless nothing works without it.
 */
export type CheckMode = "request" | "response" | "lenient";

/** How many violations are told at most. */
export const violationLimit = 16;

export class Reader {
  readonly violations: FieldViolation[] = [];
  /** Names and indexes of the containers being read, outermost first. */
  readonly path: (string | number)[] = [];
  readonly lenient: boolean;
  readonly strict: boolean;

  constructor(
    mode: CheckMode,
    /** How many containers may be nested. */
    readonly maxDepth: number,
  ) {
    this.lenient = mode === "lenient";
    this.strict = mode === "request";
  }

  /** Notes that `key` of the current container is wrong. Returns undefined: a bad field reads as unset. */
  fail(key: string | number | undefined, description: string): undefined {
    if (this.violations.length < violationLimit) {
      this.violations.push({
        field: pathText(key === undefined ? this.path : [...this.path, key]),
        description,
      });
    }
  }

  /** Notes that `key` should have been something else. */
  expected(key: string | number | undefined, what: string, value: unknown): undefined {
    this.fail(key, `expected ${what}, got ${describe(value)}`);
  }
}

/** The members before `key`, for the copy that replaces an object in which `key` has to change. */
export function copyUpTo<T>(source: Readonly<Record<string, unknown>>, key: string): Record<string, T> {
  const copy: Record<string, T> = {};
  for (const earlier in source) {
    if (earlier === key) break;
    if (source[earlier] !== undefined) copy[earlier] = source[earlier] as T;
  }
  return copy;
}

function pathText(path: readonly (string | number)[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^\w{1,64}$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step.slice(0, 64))}]`;
  }
  return text;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
