/** JUnit XML: a suite for the card and each interface, a case for each check. */
import type { Report, Result } from "./run.js";

/** What is no MUST does not fail a build: it is skipped with its reason. */
export function junit({ agent, results, millis }: Report): string {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const suites = subjects.map((subject) =>
    suite(
      subject,
      results.filter((result) => result.subject === subject),
    ),
  );
  const counts = countsIn(results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(`A2A conformance of ${agent.name}`)}" ${counts} time="${millis / 1000}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

const isFailure = ({ outcome, level }: Result) => outcome === "failed" && level === "MUST";

function countsIn(results: readonly Result[]): string {
  const failed = results.filter(isFailure).length;
  const skipped = results.filter((result) => result.outcome !== "passed" && !isFailure(result)).length;
  return `tests="${results.length}" failures="${failed}" skipped="${skipped}"`;
}

function suite(subject: string, results: readonly Result[]): string {
  const cases = results.map((result) => `    ${testcase(subject, result)}`);
  return [`  <testsuite name="${escaped(subject)}" ${countsIn(results)}>`, ...cases, "  </testsuite>"].join(
    "\n",
  );
}

function testcase(subject: string, result: Result): string {
  const { check, section, level, requirement, outcome } = result;
  const head = `<testcase classname="${escaped(subject)}" name="${escaped(`${check} (${level} ${section}): ${requirement}`)}"`;
  if (outcome === "passed") return `${head}/>`;
  if (outcome === "untested")
    return `${head}><skipped message="${escaped(result.reason ?? "")}"/></testcase>`;
  const message = escaped(`expected ${result.expected}`);
  if (!isFailure(result)) return `${head}><skipped message="${escaped(level)}: ${message}"/></testcase>`;
  return `${head}><failure message="${message}">${escaped(evidence(result))}</failure></testcase>`;
}

/** What was sent, what came back and what was expected. */
function evidence({ expected, got, sent, received }: Result): string {
  const parts = [
    ["Expected", expected],
    ["Got", got],
    ["Sent", sent],
    ["Received", received],
  ];
  return parts.flatMap(([label, text]) => (text ? [`${label}:\n${text}`] : [])).join("\n\n");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML cannot have are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "");
}
