/** The tables of docs/conformance.md. */
import type { Expectations } from "./expectations.js";
import type { Finding, KitRun, Level, Outcome } from "./report.js";

const levels: readonly Level[] = ["MUST", "SHOULD", "MAY"];
const outcomes: readonly Outcome[] = ["passed", "failed", "skipped"];

export function resultsTable(
  runs: ReadonlyMap<string, KitRun>,
  { commit, failures, skips }: Expectations,
): string {
  const rows = [...runs].flatMap(([profile, { findings }]) =>
    bindingsOf(findings).map((binding) => {
      const here = findings.filter((finding) => finding.binding === binding);
      return [profile, `\`${binding}\``, ...levels.map((level) => counts(here, level))];
    }),
  );
  const reasons = failures.map(({ id, bindings, profiles, spec, reason }) => [
    `\`${id}\``,
    bindings.map((binding) => `\`${binding}\``).join(", "),
    profiles.join(", "),
    spec.join(", "),
    reason,
  ]);
  return [
    `Kit: commit \`${commit}\`. Each cell: passed, failed, skipped in that profile.`,
    "",
    ...table(["profile", "binding", ...levels], rows),
    "",
    "What fails, and why it is right that it does:",
    "",
    ...table(["requirement or test", "binding", "profile", "decided by", "reason"], reasons),
    "",
    "What is skipped in every profile:",
    "",
    ...table(
      ["test, or what the kit says of it", "reason"],
      skips.map(({ skip, reason }) => [skip, reason]),
    ),
    ...untested([...runs.values()]),
  ].join("\n");
}

function bindingsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ binding }) => binding))].sort();
}

function counts(findings: readonly Finding[], level: Level): string {
  const here = findings.filter((finding) => finding.level === level);
  if (here.length === 0) return "";
  return outcomes.map((outcome) => here.filter((finding) => finding.outcome === outcome).length).join(", ");
}

/** Of the profile that sees most: what it does not test, none does. */
function untested(runs: readonly KitRun[]): string[] {
  const [fewest = []] = runs.map((run) => run.untested).sort((a, b) => a.length - b.length);
  if (fewest.length === 0) return [];
  const ids = fewest.map(({ id }) => `\`${id}\``).join(", ");
  return ["", `The kit names ${fewest.length} further requirements that it has no test for: ${ids}.`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
