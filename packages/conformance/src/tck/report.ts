/** What one run of a kit found, from the files it writes. */

export type Level = "MUST" | "SHOULD" | "MAY";
export type Outcome = "passed" | "failed" | "skipped";

/** One requirement, or one test of a kit that reports no requirements, on one binding. */
export interface Finding {
  readonly id: string;
  /** As the kit names it: jsonrpc, http_json or rest, grpc; agent_card for the card itself. */
  readonly binding: string;
  readonly level: Level;
  readonly outcome: Outcome;
  /** What was wrong, in the kit's words. They belong to the requirement, whatever the binding. */
  readonly errors: readonly string[];
}

export interface KitRun {
  readonly findings: readonly Finding[];
  /** Requirements that no test of the kit looked at. */
  readonly untested: readonly { readonly id: string; readonly level: Level }[];
  /** Tests that ended without a verdict on a requirement: the kit's own accidents. */
  readonly broken: readonly { readonly test: string; readonly error: string }[];
  /** Every test that was skipped, with the kit's reason. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Every test that ran. */
  readonly ran: ReadonlySet<string>;
}

/** The parts of the kit's `compatibility.json` that are read. */
interface Report {
  readonly per_requirement: Readonly<
    Record<
      string,
      {
        readonly level: Level;
        readonly status: "PASS" | "FAIL" | "SKIPPED" | "NOT TESTED";
        readonly transports: Readonly<Record<string, "PASS" | "FAIL" | "SKIPPED">>;
        readonly errors: readonly string[];
        readonly test_ids: readonly string[];
      }
    >
  >;
}

const outcomes = { PASS: "passed", FAIL: "failed", SKIPPED: "skipped" } as const;

/**
 * A run of the kit for 1.0.
 * @param report The text of compatibility.json
 * @param junit The text of junitreport.xml
 * @throws SyntaxError, TypeError when the files are not what the kit writes
 */
export function readRun(report: string, junit: string): KitRun {
  const requirements = Object.entries((JSON.parse(report) as Report).per_requirement);
  const findings = requirements.flatMap(([id, { level, status, transports, errors }]) => {
    // The kit keeps only the last verdict of a binding, so a failure may hide behind a later success.
    const hidden = status === "FAIL" && !Object.values(transports).includes("FAIL");
    return Object.entries(transports).map(([binding, verdict]): Finding => {
      const outcome = hidden && verdict === "PASS" ? "failed" : outcomes[verdict];
      return { id, binding, level, outcome, errors: outcome === "failed" ? errors : [] };
    });
  });
  const judged = new Set(
    requirements
      .filter(([, { status }]) => status === "FAIL")
      .flatMap(([, { test_ids }]) => test_ids.map(dotted)),
  );
  const tests = readTests(junit);
  return {
    findings,
    untested: requirements.flatMap(([id, { level, status }]) =>
      status === "NOT TESTED" ? [{ id, level }] : [],
    ),
    broken: tests.flatMap(({ test, ended, message }) =>
      ended === "failed" && !judged.has(test) ? [{ test, error: message }] : [],
    ),
    skipped: new Map(
      tests.flatMap(({ test, ended, message }) => (ended === "skipped" ? [[test, message]] : [])),
    ),
    ran: new Set(tests.flatMap(({ test, ended }) => (ended === "skipped" ? [] : [test]))),
  };
}

/**
 * A run of the kit for 0.3, which has no requirements but tests alone.
 * @param junits The texts of the JUnit files of one binding
 */
export function readTestRun(binding: string, junits: readonly string[]): KitRun {
  const tests = junits.flatMap(readTests);
  return {
    findings: tests.map(({ test, ended, message }) => ({
      id: test.split(".").slice(3).join("."),
      binding,
      level: "MUST",
      outcome: ended === "xfailed" ? "skipped" : ended,
      errors: ended === "failed" ? [message] : [],
    })),
    untested: [],
    broken: [],
    skipped: new Map(
      tests.flatMap(({ test, ended, message }) =>
        ended === "skipped" || ended === "xfailed" ? [[`${test} (${binding})`, message]] : [],
      ),
    ),
    ran: new Set(
      tests.flatMap(({ test, ended }) =>
        ended === "passed" || ended === "failed" ? [`${test} (${binding})`] : [],
      ),
    ),
  };
}

/** Runs over several bindings as one. */
export function mergeRuns(runs: readonly KitRun[]): KitRun {
  return {
    findings: runs.flatMap((run) => run.findings),
    untested: runs.flatMap((run) => run.untested),
    broken: runs.flatMap((run) => run.broken),
    skipped: new Map(runs.flatMap((run) => [...run.skipped])),
    ran: new Set(runs.flatMap((run) => [...run.ran])),
  };
}

interface Test {
  readonly test: string;
  readonly ended: Outcome | "xfailed";
  readonly message: string;
}

/** pytest writes one `testcase` element per test, with a child element when it did not simply pass. */
function readTests(junit: string): Test[] {
  return [...junit.matchAll(/<testcase ([^>]*)>(?:<(failure|error|skipped) ([^>]*)>)?/g)].map((match) => {
    const [, attributes = "", child, details = ""] = match;
    const ended = endOf(child, attribute(details, "type"));
    const test = `${attribute(attributes, "classname")}.${attribute(attributes, "name")}`;
    return { test, ended, message: attribute(details, "message") };
  });
}

/** pytest writes an expected failure as a skip. */
function endOf(child: string | undefined, type: string): Test["ended"] {
  if (child === "skipped") return type === "pytest.xfail" ? "xfailed" : "skipped";
  return child === undefined ? "passed" : "failed";
}

function attribute(attributes: string, name: string): string {
  const [, text = ""] = new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes) ?? [];
  return text.replace(/&(quot|lt|gt|amp|#10);/g, (_, entity: string) => entities[entity] ?? "");
}

const entities: Readonly<Record<string, string>> = { quot: '"', lt: "<", gt: ">", amp: "&", "#10": "\n" };

/** The name of a test in the JUnit file, from its name in the report. */
function dotted(id: string): string {
  const at = id.indexOf(".py");
  return id.slice(0, at).replaceAll("/", ".") + id.slice(at + 3).replaceAll("::", ".");
}
