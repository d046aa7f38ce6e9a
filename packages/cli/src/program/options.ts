/** Rows of the option table as options of a parser; what they say is noted down in the invocation. */
import { CommanderError, Option, type Command as Parser } from "commander";
import { type OptionName, type OptionRow, optionRow, parseValue } from "../config/index.js";
import type { Output } from "../io.js";
import { usage } from "../output/index.js";
import type { Invocation } from "./invocation.js";

/** The flag with its aliases and, where the environment can switch it on, its negation. */
export function addOption(parser: Parser, name: OptionName, shown: boolean, invocation: Invocation): void {
  const row = optionRow(name);
  const flags = `${row.short ? `-${row.short}, ` : ""}--${name}${row.kind === "flag" ? "" : ` ${row.value}`}`;
  parser.addOption(new Option(flags, describe(row)).hideHelp(!shown));
  parser.on(`option:${name}`, (raw: string | undefined) => record(name, row, raw, invocation));
  for (const alias of row.aliases ?? []) {
    parser.addOption(new Option(`--${alias}`).hideHelp());
    parser.on(`option:${alias}`, () => record(name, row, "true", invocation));
  }
  if (row.kind !== "flag" || row.env === false || row.aliases?.includes(`no-${name}`) || name === "wait")
    return;
  parser.addOption(new Option(`--no-${name}`).hideHelp());
  parser.on(`option:no-${name}`, () => record(name, row, "false", invocation));
}

function record(name: OptionName, row: OptionRow, raw: string | undefined, invocation: Invocation): void {
  if (name === "text" || name === "file" || name === "data" || name === "media-type") {
    if (raw === "" && name !== "text") throw usage(`--${name} is empty`);
    invocation.parts.push({ kind: name, value: raw ?? "" });
    return;
  }
  const { flags } = invocation;
  if (row.kind === "list") {
    const before = flags[name];
    flags[name] = [...(Array.isArray(before) ? before : []), raw ?? ""];
    return;
  }
  flags[name] = parseValue(row, row.kind === "flag" ? (raw ?? "true") : (raw ?? ""), `--${name}`);
}

/** The description with choices, what holds by default, and the variable where its name is not the usual one. */
function describe(row: OptionRow): string {
  const facts: string[] = [];
  if (row.choices) facts.push(row.choices.join(", "));
  const standard = row.default ?? row.otherwise;
  if (standard !== undefined) facts.push(`default: ${standard}`);
  if (typeof row.env === "string") facts.push(`environment: ${row.env}`);
  return facts.length === 0 ? row.description : `${row.description} (${facts.join("; ")})`;
}

export function addVersion(parser: Parser, version: string, stdout: Output, hidden: boolean): void {
  parser.addOption(new Option("-v, --version", "print the version").hideHelp(hidden));
  parser.on("option:version", () => {
    stdout.write(`${version}\n`);
    throw new CommanderError(0, "commander.version", version);
  });
}
