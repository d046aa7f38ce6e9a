/** What the help says beyond the tables. */
import type { Command as Parser } from "commander";
import type { CommandRow } from "../commands/index.js";

const credentials =
  "A credential given as a flag can be seen in the process table and the shell history:\nprefer A2ACLI_BEARER and A2ACLI_API_KEY.";

/** A command as the help of the tool lists it: `task get <taskId>`. */
export function leafTerm(command: Parser): string {
  let words = command.name();
  for (let above = command.parent; above?.parent; above = above.parent) words = `${above.name()} ${words}`;
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  return words + args.join("");
}

/** Examples of a command, and a warning where it takes credentials. */
export function notes(row: CommandRow): string {
  const examples = row.examples?.map((example) => `  ${example}`).join("\n");
  const secret = row.options.includes("bearer") ? `\n${credentials}` : "";
  return `${examples === undefined ? "" : `\nExamples:\n${examples}\n`}${secret}`;
}

export function rootNotes(): string {
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
