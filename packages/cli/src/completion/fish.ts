import { groups } from "../commands/index.js";
import { type OptionName, optionRow } from "../config/index.js";
import { firstWords, leaves, singleQuoted, wordsAfter } from "./words.js";

export function fish(): string {
  const lines = ["# parley completion for fish: parley completion fish | source", "complete -c parley -f"];
  for (const { word, summary } of firstWords())
    lines.push(`complete -c parley -n __fish_use_subcommand -a ${word} -d ${singleQuoted(summary)}`);
  for (const group of Object.keys(groups)) {
    const words = wordsAfter(group);
    const none = words.map(({ word }) => word).join(" ");
    for (const { word, summary } of words)
      lines.push(
        `complete -c parley -n '${seen(group)}; and not __fish_seen_subcommand_from ${none}' -a ${word} -d ${singleQuoted(summary)}`,
      );
  }
  for (const leaf of leaves) {
    const there = seen(leaf.path);
    if (leaf.choices.length > 0)
      lines.push(`complete -c parley -n '${there}' -a '${leaf.choices.join(" ")}'`);
    if (leaf.files) lines.push(`complete -c parley -n '${there}' -F`);
    for (const name of leaf.options) lines.push(`complete -c parley -n '${there}' ${fishFlags(name)}`);
  }
  return `${lines.join("\n")}\n`;
}

const seen = (path: string): string =>
  path
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");

function fishFlags(name: OptionName): string {
  const row = optionRow(name);
  const short = row.short === undefined ? "" : `-s ${row.short} `;
  const value =
    row.kind === "flag"
      ? ""
      : row.choices
        ? ` -x -a '${row.choices.join(" ")}'`
        : row.complete
          ? " -r -F"
          : " -x";
  return `${short}-l ${name}${value} -d ${singleQuoted(row.description)}`;
}
