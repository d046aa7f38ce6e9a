import { describe, expect, it } from "vitest";
import { mergeRuns, readRun, readTestRun } from "../../src/tck/index.js";

const requirement = (status: string, transports: object, rest: object = {}) => ({
  level: "MUST",
  status,
  transports,
  errors: [],
  test_ids: [],
  ...rest,
});
const report = (per_requirement: object) => JSON.stringify({ per_requirement });
const junit = (...cases: string[]) => `<testsuites><testsuite>${cases.join("")}</testsuite></testsuites>`;
const testcase = (name: string, child = "") =>
  `<testcase classname="tests.a.TestB" name="${name}" time="0.1"${child ? `>${child}</testcase>` : " />"}`;

describe("a run of the kit", () => {
  it("has a finding for each binding of a requirement", () => {
    const { findings, untested } = readRun(
      report({
        "X-1": requirement(
          "FAIL",
          { jsonrpc: "FAIL", http_json: "PASS", grpc: "SKIPPED" },
          { errors: ["no"] },
        ),
        "X-2": requirement("NOT TESTED", {}),
      }),
      junit(),
    );
    expect(findings).toEqual([
      { id: "X-1", binding: "jsonrpc", level: "MUST", outcome: "failed", errors: ["no"] },
      { id: "X-1", binding: "http_json", level: "MUST", outcome: "passed", errors: [] },
      { id: "X-1", binding: "grpc", level: "MUST", outcome: "skipped", errors: [] },
    ]);
    expect(untested).toEqual([{ id: "X-2", level: "MUST" }]);
  });

  it("shows a failure that a later success of the same binding hides", () => {
    const { findings } = readRun(
      report({ "X-1": requirement("FAIL", { http_json: "PASS" }, { errors: ["no"] }) }),
      junit(),
    );
    expect(findings[0]).toMatchObject({ binding: "http_json", outcome: "failed", errors: ["no"] });
  });

  it("tells tests that were skipped from tests that failed as expected", () => {
    const { skipped, ran } = readRun(
      report({}),
      junit(
        testcase("passes"),
        testcase("skips[x]", '<skipped type="pytest.skip" message="not &quot;declared&quot;">here</skipped>'),
        testcase("fails", '<skipped type="pytest.xfail" message="a SHOULD" />'),
      ),
    );
    expect([...skipped]).toEqual([["tests.a.TestB.skips[x]", 'not "declared"']]);
    expect([...ran]).toEqual(["tests.a.TestB.passes", "tests.a.TestB.fails"]);
  });

  it("finds tests that broke without a verdict", () => {
    const failing = '<failure message="httpx.ReadError: &lt;gone&gt;">traceback</failure>';
    const { broken } = readRun(
      report({ "X-1": requirement("FAIL", { grpc: "FAIL" }, { test_ids: ["tests/a.py::TestB::judged"] }) }),
      junit(testcase("judged", failing), testcase("breaks", failing)),
    );
    expect(broken).toEqual([{ test: "tests.a.TestB.breaks", error: "httpx.ReadError: <gone>" }]);
  });
});

it("a run of the kit for 0.3 has a finding for each test and binding", () => {
  const text = junit(
    testcase("passes"),
    testcase("fails", '<failure message="no">traceback</failure>'),
    testcase("skips", '<skipped type="pytest.skip" message="no gRPC" />'),
    testcase("cannot", '<skipped type="pytest.xfail" message="no TLS" />'),
  ).replaceAll("tests.a.TestB", "tests.mandatory.protocol.test_a.TestB");
  const { findings, skipped, ran } = mergeRuns([readTestRun("jsonrpc", [text]), readTestRun("rest", [])]);
  expect(findings.map(({ id, binding, outcome, errors }) => [id, binding, outcome, ...errors])).toEqual([
    ["test_a.TestB.passes", "jsonrpc", "passed"],
    ["test_a.TestB.fails", "jsonrpc", "failed", "no"],
    ["test_a.TestB.skips", "jsonrpc", "skipped"],
    ["test_a.TestB.cannot", "jsonrpc", "skipped"],
  ]);
  const name = (test: string) => `tests.mandatory.protocol.test_a.TestB.${test} (jsonrpc)`;
  expect([...skipped]).toEqual([
    [name("skips"), "no gRPC"],
    [name("cannot"), "no TLS"],
  ]);
  expect([...ran]).toEqual([name("passes"), name("fails")]);
});
