import type { Context } from "../context.js";
import { shellWord } from "./printable.js";

/** How this tool was called: `npx parley` where it is not on the PATH. */
export function programName({ io }: Pick<Context, "io">): string {
  return io.env["npm_command"] === "exec" ? "npx parley" : "parley";
}

/** A command to paste that talks to the same agent. */
export function commandLine(context: Context, command: string, ...words: readonly string[]): string {
  const { config } = context;
  const place = (["config", "agent-card"] as const).flatMap((name) => {
    const { source, value } = config.setting(name);
    if (source !== "flag" || typeof value !== "string") return [];
    return [name === "agent-card" ? "-a" : "--config", shellWord(value)];
  });
  return [
    programName(context),
    command,
    ...place,
    ...words.map((word) => (word.startsWith('"') ? word : shellWord(word))),
  ].join(" ");
}
