/** What the kits are expected to find, and why that is right: `tck-expected.json`. */
import { type ProfileName, profiles } from "../profiles.js";

/** A failure that contradicts the specification rather than the agent. */
export interface ExpectedFailure {
  /** A requirement of the kit; or a test: of the kit for 0.3, or one that breaks before it gives a verdict. */
  readonly id: string;
  /** As the kit names them; "kit" for a test that breaks. */
  readonly bindings: readonly string[];
  readonly profiles: readonly ProfileName[];
  /** Each error that the kit reports contains one of these, and each of these is in one. */
  readonly errors: readonly string[];
  /** The sections of the specification that decide. */
  readonly spec: readonly string[];
  readonly reason: string;
}

/** Tests that run in no profile. */
export interface ExpectedSkip {
  /** A part of the test's name, or of what the kit says of it. */
  readonly skip: string;
  readonly reason: string;
}

export interface Expectations {
  /** The commit of the kit that they are about. */
  readonly commit: string;
  readonly failures: readonly ExpectedFailure[];
  readonly skips: readonly ExpectedSkip[];
}

const bindings = ["jsonrpc", "http_json", "rest", "grpc", "agent_card", "kit"];

/**
 * @returns the expectations of each kit, by the version of A2A that it is for
 * @throws Error saying which entry is not well-formed, and how
 */
export function readExpectations(text: string): Map<string, Expectations> {
  const kits = Object.entries(JSON.parse(text) as Record<string, Expectations>);
  for (const [, expectations] of kits) checkExpectations(expectations);
  return new Map(kits);
}

function checkExpectations({ commit, failures, skips }: Expectations): void {
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new Error("commit: not the full id of a commit");
  for (const { id, reason, ...entry } of failures) {
    const wrong = (what: string) => new Error(`failure ${id}: ${what}`);
    if (!/^([A-Z][A-Z_]*(-[A-Z0-9]+)+[a-z]?|(\w+\.)+\w+(\[.+\])?)$/.test(id))
      throw wrong("neither requirement nor test");
    if (!within(entry.bindings, bindings)) throw wrong(`bindings are some of ${bindings.join(", ")}`);
    if (!within(entry.profiles, Object.keys(profiles))) throw wrong("profiles are some of those there are");
    if (entry.errors.length === 0 || entry.errors.includes("")) throw wrong("no errors");
    if (entry.spec.length === 0 || !entry.spec.every((section) => /^\d+(\.\d+)*$/.test(section)))
      throw wrong("spec names sections");
    if (!isSentence(reason)) throw wrong("the reason is a sentence");
  }
  for (const { skip, reason } of skips) {
    if (!skip || !isSentence(reason))
      throw new Error(`skip ${skip}: needs a name and a reason that is a sentence`);
  }
}

function within(some: readonly string[], all: readonly string[]): boolean {
  return some.length > 0 && new Set(some).size === some.length && some.every((one) => all.includes(one));
}

const isSentence = (text: string) => /^[A-Z].{20,}\.$/.test(text);
