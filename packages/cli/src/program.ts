/** The parser and its help, made from the tables of commands and options. */
import { Argument, CommanderError, Option, Command as Parser } from "commander";
import { type CommandRow, commands, groups } from "./commands/index.js";
import {
  type Flags,
  globalNames,
  type OptionName,
  type OptionRow,
  optionRow,
  parseValue,
} from "./config/index.js";
import type { PartFlag } from "./context.js";
import type { Output } from "./io.js";
import { usage } from "./output/index.js";

/** What the command line said. */
export interface Invocation {
  row?: CommandRow;
  readonly flags: Flags;
  readonly parts: PartFlag[];
  args: readonly string[];
}

export interface Program {
  /**
   * @returns undefined when help or the version was all that was asked for
   * @throws Failure A2ACLI_ERR_USAGE
   */
  parse(argv: readonly string[]): Invocation | undefined;
}

/** Options that the help of the tool itself shows; the others are in the help of each command. */
const basics: readonly OptionName[] = ["agent-card", "output", "stream", "config"];

const credentials =
  "A credential given as a flag can be seen in the process table and the shell history:\nprefer A2ACLI_BEARER and A2ACLI_API_KEY.";

export function createProgram(stdout: Output, version: string): Program {
  const invocation: Invocation = { flags: {}, parts: [], args: [] };
  const root = parser("parley")
    .description("Talk to any A2A agent, and put your own online.")
    .usage("<command> [arguments] [options]")
    .addHelpText("after", `\n${rootNotes()}`);
  root.configureHelp({
    visibleCommands: () => leaves,
    subcommandTerm: (command) => leafTerm(command),
  });
  for (const name of globalNames) addOption(root, name, basics.includes(name), invocation);
  addVersion(root, version, stdout, false);

  const leaves: Parser[] = [];
  const parents = new Map<string, Parser>([["", root]]);
  for (const row of commands) {
    const parent = groupOf(row, parents, root, stdout);
    const leaf = parser(row.path.at(-1) ?? "")
      .description(row.summary)
      .summary(row.summary);
    for (const argument of row.arguments ?? []) {
      const term = argument.required ? `<${argument.name}>` : `[${argument.name}]`;
      const made = new Argument(term, argument.description);
      leaf.addArgument(argument.choices ? made.choices(argument.choices) : made);
    }
    for (const name of row.options) addOption(leaf, name, true, invocation);
    for (const name of globalNames) if (!row.options.includes(name)) addOption(leaf, name, false, invocation);
    addVersion(leaf, version, stdout, true);
    leaf.addHelpText("after", () => notes(row));
    leaf.action(() => {
      invocation.row = row;
      invocation.args = leaf.args;
    });
    parent.addCommand(leaf);
    leaves.push(leaf);
  }
  const help = parser("help").description("Show usage of the tool or of a command").argument("[command...]");
  help.action(() => {
    invocation.args = help.args;
  });
  root.addCommand(help);
  leaves.push(help);

  function parser(name: string): Parser {
    return new Parser(name)
      .exitOverride()
      .helpCommand(false)
      .helpOption("-h, --help", "show this help")
      .enablePositionalOptions()
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: () => {},
        getOutHelpWidth: () => 100,
      })
      .configureOutput({ getOutHasColors: () => false, getErrHasColors: () => false });
  }

  function groupOf(row: CommandRow, known: Map<string, Parser>, top: Parser, out: Output): Parser {
    const name = row.path.slice(0, -1).join(" ");
    const existing = known.get(name);
    if (existing !== undefined) return existing;
    const group = parser(name).description(groups[name] ?? "");
    addVersion(group, version, out, true);
    top.addCommand(group);
    known.set(name, group);
    return group;
  }

  function showHelp(path: readonly string[]): void {
    const command = find(root, path);
    if (command === undefined) throw usage(`there is no command "${path.join(" ")}"`, "Run: parley help");
    command.outputHelp();
  }

  return {
    parse(argv) {
      if (argv.length === 0) {
        root.outputHelp();
        return undefined;
      }
      try {
        root.parse([...argv], { from: "user" });
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        if (error.exitCode === 0) return undefined;
        throw usage(complaint(error, argv), `Run: ${["parley", ...knownWords(root, argv)].join(" ")} --help`);
      }
      if (invocation.row !== undefined) return invocation;
      showHelp(invocation.args);
      return undefined;
    },
  };
}

function find(root: Parser, path: readonly string[]): Parser | undefined {
  let command: Parser | undefined = root;
  for (const word of path) command = command?.commands.find((child) => child.name() === word);
  return command;
}

/** As much of the command's name as was right. */
function knownWords(root: Parser, argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    if (find(root, [...words, word]) === undefined) break;
    words.push(word);
  }
  return words;
}

function complaint(error: CommanderError, argv: readonly string[]): string {
  if (error.code === "commander.help") {
    const group = argv.find((word) => word in groups);
    return group === undefined ? "there is no command" : `"${group}" needs a command after it`;
  }
  return error.message.replace(/^error: /, "").replaceAll("\n", " ");
}

function addOption(parser: Parser, name: OptionName, shown: boolean, invocation: Invocation): void {
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

function addVersion(parser: Parser, version: string, stdout: Output, hidden: boolean): void {
  parser.addOption(new Option("-v, --version", "print the version").hideHelp(hidden));
  parser.on("option:version", () => {
    stdout.write(`${version}\n`);
    throw new CommanderError(0, "commander.version", version);
  });
}

function leafTerm(command: Parser): string {
  const parent = command.parent?.parent ? `${command.parent.name()} ` : "";
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  return parent + command.name() + args.join("");
}

function notes(row: CommandRow): string {
  const examples = row.examples?.map((example) => `  ${example}`).join("\n");
  const secret = row.options.includes("bearer") ? `\n${credentials}` : "";
  return `${examples === undefined ? "" : `\nExamples:\n${examples}\n`}${secret}`;
}

function rootNotes(): string {
  return [
    "The options of a command and their defaults: parley help <command>",
    "",
    "Try it:",
    "  parley card get -a http://localhost:4100",
    '  parley send --stream -a http://localhost:4100 "Hello"',
    "",
    "Every setting is read from its flag, the environment (A2ACLI_AGENT_CARD for --agent-card and so on), a .env",
    "file in this folder or above, ~/.config/a2a-cli/.env, and its default, in this order. `parley config show`",
    "prints what is in effect. The environment and files cannot set --stream.",
    credentials,
  ].join("\n");
}
