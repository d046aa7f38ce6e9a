/** Every check as a row of a table, for docs/conformance.md. */
import type { Check } from "./check.js";
import { cardChecks, currentChecks, firstChecks, oldChecks } from "./run.js";

type Row = Pick<Check<never>, "id" | "level" | "section" | "says" | "on">;

export function catalogue(): string {
  const groups: [string, string, readonly Row[]][] = [
    ["The card", "1.0", cardChecks],
    ["Each interface of 1.0", "1.0", currentChecks],
    ["Each interface of 0.3", "0.3", oldChecks],
    ["Each interface of 0.1", "0.1", firstChecks],
  ];
  return groups
    .map(([title, version, checks]) =>
      [
        `**${title}.** Sections are those of ${version}.`,
        "",
        "| check | level | section | requirement |",
        "| --- | --- | --- | --- |",
        ...checks.map(row),
      ].join("\n"),
    )
    .join("\n\n");
}

function row({ id, level, section, says, on }: Row): string {
  return `| \`${id}\` | ${level} | ${section} | ${says}${on ? ` (${on.join(", ")})` : ""} |`;
}
