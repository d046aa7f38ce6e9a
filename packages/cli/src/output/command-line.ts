import { type OptionName, optionRow } from "../config/index.js";
import type { Context } from "../context.js";
import { shellWord } from "./printable.js";

/** How the agent is reached. Credentials are not repeated: they are not for screens. */
const connection = ["agent-card", "config", "a2a-version", "insecure"] as const;

/** What the reader is to replace. Everything else may come from an agent. */
const placeholder = /^"<[a-z ]+>"$/;

/** How this tool was called: `npx parley` where it is not on the PATH. */
export function programName({ io }: Pick<Context, "io">): string {
  return io.env["npm_command"] === "exec" ? "npx parley" : "parley";
}

/** A command to paste that talks to the same agent in the same way. */
export function commandLine(context: Context, command: string, ...words: readonly string[]): string {
  return [
    programName(context),
    command,
    ...[...flagsGiven(context, connection), ...words].map((word) =>
      placeholder.test(word) ? word : shellWord(word),
    ),
  ].join(" ");
}

/** An identifier of an agent's as an argument: none that it makes up is taken for a flag. */
export function argument(id: string): string[] {
  return id.startsWith("-") ? ["--", id] : [id];
}

/** Those of the options that were flags of this invocation, as words to be written again. */
export function flagsGiven({ config }: Context, names: readonly OptionName[]): string[] {
  return names.flatMap((name) => {
    const { source, value } = config.setting(name);
    if (source !== "flag" || value === undefined) return [];
    const { short, kind } = optionRow(name);
    const flag = short === undefined ? `--${name}` : `-${short}`;
    if (kind === "flag") return value === true ? [flag] : [`--no-${name}`];
    return [flag, String(value)];
  });
}
