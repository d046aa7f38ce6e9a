/**
 * The parser and its help, made from the tables of commands and options. run.ts hands it the arguments and
 * gets back which command is meant and what its flags say; nothing is executed here.
 */
import { Argument, CommanderError, Command as Parser } from "commander";
import { type CommandRow, commands, groups } from "../commands/index.js";
import { globalNames, type OptionName } from "../config/index.js";
import type { Output } from "../io.js";
import { usage } from "../output/index.js";
import { leafTerm, notes, rootNotes } from "./help.js";
import type { Invocation } from "./invocation.js";
import { addOption, addVersion } from "./options.js";

/** Options that the help of the tool itself shows; the others are in the help of each command. */
const basics: readonly OptionName[] = ["agent-card", "output", "stream", "config"];

/**
 * @param stdout Where help and the version go.
 * @returns undefined when help or the version was all that was asked for
 * @throws Failure A2ACLI_ERR_USAGE
 */
export function parseArguments(
  argv: readonly string[],
  stdout: Output,
  version: string,
): Invocation | undefined {
  const invocation: Invocation = { flags: {}, parts: [], args: [] };
  const root = rootParser({ invocation, stdout, version });
  if (argv.length === 0) {
    root.outputHelp();
    return undefined;
  }
  try {
    root.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usage(complaint(error, argv), advice(error, knownWords(root, argv).join(" ")));
  }
  if (invocation.row !== undefined) return invocation;
  const command = find(root, invocation.args);
  if (command === undefined)
    throw usage(`there is no command "${invocation.args.join(" ")}"`, "Run: parley help");
  command.outputHelp();
  return undefined;
}

interface Making {
  readonly invocation: Invocation;
  readonly stdout: Output;
  readonly version: string;
}

function rootParser(making: Making): Parser {
  const root = parser("parley", making)
    .description("Talk to any A2A agent, and put your own online.")
    .usage("<command> [arguments] [options]")
    .addHelpText("after", `\n${rootNotes()}`);
  for (const name of globalNames) addOption(root, name, basics.includes(name), making.invocation);
  addVersion(root, making.version, making.stdout, false);
  const leaves: Parser[] = [];
  for (const row of commands) {
    const leaf = leafParser(row, making);
    groupOf(row, root, making).addCommand(leaf);
    leaves.push(leaf);
  }
  const help = helpParser(making);
  root.addCommand(help);
  root.configureHelp({ visibleCommands: () => [...leaves, help], subcommandTerm: leafTerm });
  return root;
}

function leafParser(row: CommandRow, making: Making): Parser {
  const { invocation } = making;
  const leaf = parser(row.path.at(-1) ?? "", making)
    .description(row.summary)
    .summary(row.summary);
  for (const { name, description, required, choices } of row.arguments ?? []) {
    const argument = new Argument(required ? `<${name}>` : `[${name}]`, description);
    leaf.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const name of row.options) addOption(leaf, name, true, invocation);
  for (const name of globalNames) if (!row.options.includes(name)) addOption(leaf, name, false, invocation);
  addVersion(leaf, making.version, making.stdout, true);
  leaf.addHelpText("after", notes(row));
  leaf.action(() => {
    invocation.row = row;
    invocation.args = leaf.args;
  });
  return leaf;
}

/** Without a row in the invocation, its arguments are the command to be explained. */
function helpParser(making: Making): Parser {
  const help = parser("help", making)
    .description("Show usage of the tool or of a command")
    .argument("[command...]");
  help.action(() => {
    making.invocation.args = help.args;
  });
  return help;
}

/** The parser of the words before a command's last: `task`, or the root. */
function groupOf({ path }: CommandRow, root: Parser, making: Making): Parser {
  let group = root;
  for (let length = 1; length < path.length; length++) {
    const words = path.slice(0, length);
    group = find(root, words) ?? addGroup(group, words, making);
  }
  return group;
}

function addGroup(above: Parser, words: readonly string[], making: Making): Parser {
  const group = parser(words.at(-1) ?? "", making).description(groups[words.join(" ")] ?? "");
  addVersion(group, making.version, making.stdout, true);
  group.configureHelp({ visibleCommands: leavesOf, subcommandTerm: leafTerm });
  above.addCommand(group);
  return group;
}

const leavesOf = ({ commands: below }: Parser): Parser[] =>
  below.flatMap((command) => (command.commands.length > 0 ? leavesOf(command) : [command]));

/** Same width and no colours everywhere: the shape of the output never depends on the terminal (6.1). */
function parser(name: string, { stdout }: Making): Parser {
  return new Parser(name)
    .exitOverride()
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => 100,
      getOutHasColors: () => false,
    });
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
    const group = Object.keys(groups).findLast((words) => `${argv.join(" ")} `.startsWith(`${words} `));
    return group === undefined ? "there is no command" : `"${group}" needs a command after it`;
  }
  return error.message.replace(/^error: /, "").replaceAll("\n", " ");
}

/** Words that were not quoted are what most people mean by too many arguments. */
function advice({ code }: CommanderError, command: string): string {
  if (code === "commander.excessArguments" && command === "send")
    return 'Put the message in quotes: parley send -a <agent> "Hello there"';
  return `Run: ${["parley", command].join(" ").trim()} --help`;
}
