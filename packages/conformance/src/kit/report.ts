/** What one run of the kit found, from its compatibility report and its JUnit file. */

export type Level = "MUST" | "SHOULD" | "MAY";
export type Outcome = "passed" | "failed" | "skipped";

/** One requirement on one binding. */
export interface Finding {
  readonly id: string;
  /** As the kit names it: jsonrpc, http_json, grpc; agent_card for the card itself. */
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

interface Test {
  readonly test: string;
  readonly ended: Outcome;
  readonly message: string;
}

/** pytest writes one `testcase` element per test, with a child element when it did not simply pass. */
function readTests(junit: string): Test[] {
  return [...junit.matchAll(/<testcase ([^>]*)>(?:<(failure|error|skipped) ([^>]*)>)?/g)].map((match) => {
    const [, attributes = "", child, details = ""] = match;
    // An expected failure is written as a skip, but the test ran; what it found is in the report.
    const skipped = child === "skipped" && attribute(details, "type") !== "pytest.xfail";
    const ended = skipped ? "skipped" : child === "failure" || child === "error" ? "failed" : "passed";
    const test = `${attribute(attributes, "classname")}.${attribute(attributes, "name")}`;
    return { test, ended, message: attribute(details, "message") };
  });
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
