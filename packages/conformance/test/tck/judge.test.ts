import { describe, expect, it } from "vitest";
import type { ExpectedFailure } from "../../src/tck/expectations.js";
import { judge, type KitRun, resultsTable } from "../../src/tck/index.js";
import type { Finding } from "../../src/tck/report.js";

const commit = "0123456789012345678901234567890123456789";
const failed: Finding = {
  id: "X-1",
  binding: "grpc",
  level: "MUST",
  outcome: "failed",
  errors: ["expected 415, got 400"],
};
const expected: ExpectedFailure = {
  id: "X-1",
  bindings: ["grpc"],
  profiles: ["all"],
  errors: ["expected 415"],
  spec: ["5.4"],
  reason: "It is 400 since 1.0.1.",
};

function run(findings: Finding[], rest: Partial<KitRun> = {}): KitRun {
  return { findings, untested: [], broken: [], skipped: new Map(), ran: new Set(), ...rest };
}

const problems = (
  runs: Record<string, KitRun>,
  failures: ExpectedFailure[] = [],
  skips: { skip: string; reason: string }[] = [],
) => judge(new Map(Object.entries(runs)), { commit, failures, skips });

describe("the judgement of a run", () => {
  it("is silent when everything passes, or fails as expected", () => {
    expect(problems({ all: run([{ ...failed, outcome: "passed", errors: [] }]) })).toEqual([]);
    expect(problems({ all: run([failed]) }, [expected])).toEqual([]);
  });

  it("lets what is optional fail", () => {
    expect(problems({ all: run([{ ...failed, level: "MAY" }]) })).toEqual([]);
  });

  it.each([
    ["another requirement", { ...failed, id: "X-2" }],
    ["another binding", { ...failed, binding: "jsonrpc" }],
    ["a SHOULD", { ...failed, id: "X-2", level: "SHOULD" as const }],
    ["a further error", { ...failed, errors: [...failed.errors, "no ErrorInfo"] }],
  ])("names %s that fails", (_, finding) => {
    expect(problems({ all: run([failed, finding]) }, [expected])).toEqual([
      `unexplained (all, ${finding.binding}): ${finding.id}: ${finding.errors.at(-1)}`,
    ]);
  });

  it("names a failure in another profile", () => {
    expect(problems({ all: run([failed]), none: run([failed]) }, [expected])).toEqual([
      "unexplained (none, grpc): X-1: expected 415, got 400",
    ]);
  });

  it("names expectations that nothing meets any more, by profile and binding", () => {
    const wide: ExpectedFailure = { ...expected, bindings: ["grpc", "jsonrpc"], profiles: ["all", "none"] };
    expect(problems({ all: run([failed]), none: run([]) }, [wide])).toEqual([
      "stale (all, jsonrpc): X-1: nothing says “expected 415”",
      "stale (none, grpc): X-1: nothing says “expected 415”",
      "stale (none, jsonrpc): X-1: nothing says “expected 415”",
    ]);
  });

  it("names tests of the kit that break, unless they are expected to", () => {
    const broken = run([], { broken: [{ test: "tests.a.TestB.test_c", error: "KeyError" }] });
    expect(problems({ all: broken })).toEqual(["unexplained (all, kit): tests.a.TestB.test_c: KeyError"]);
    const entry = { ...expected, id: "TestB.test_c", bindings: ["kit"], errors: ["KeyError"] };
    expect(problems({ all: broken }, [entry])).toEqual([]);
  });

  it("wants every test to run in some profile", () => {
    const skipping = run([], { skipped: new Map([["tests.a.TestB.test_c", "no streaming"]]) });
    const running = run([], { ran: new Set(["tests.a.TestB.test_c"]) });
    const skip = { skip: "no streaming", reason: "" };
    expect(problems({ all: running, none: skipping })).toEqual([]);
    expect(problems({ none: skipping })).toEqual([
      "skipped in every profile: tests.a.TestB.test_c: no streaming",
    ]);
    expect(problems({ none: skipping }, [], [skip])).toEqual([]);
    expect(problems({ all: running, none: skipping }, [], [skip])).toEqual([
      "stale: nothing that is skipped in every profile says “no streaming”",
    ]);
  });
});

it("the results count by profile, binding and level", () => {
  const all = run(
    [failed, { ...failed, id: "X-2", outcome: "passed" }, { ...failed, id: "X-3", level: "MAY" }],
    {
      untested: [{ id: "X-4", level: "MUST" }],
    },
  );
  const results = resultsTable(new Map([["all", all]]), { commit, failures: [expected], skips: [] });
  expect(results).toContain("| all | `grpc` | 1, 1, 0 |  | 0, 1, 0 |");
  expect(results).toContain("| `X-1` | `grpc` | all | 5.4 | It is 400 since 1.0.1. |");
  expect(results).toContain("1 further requirements that it has no test for: `X-4`");
});
