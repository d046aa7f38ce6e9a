import type { Context } from "../context.js";
import { shellWord } from "./printable.js";

/** A command to paste that talks to the same agent. */
export function commandLine({ config }: Context, command: string, ...words: readonly string[]): string {
  const place = (["config", "agent-card"] as const).flatMap((name) => {
    const { source, value } = config.setting(name);
    if (source !== "flag" || typeof value !== "string") return [];
    return [name === "agent-card" ? "-a" : "--config", shellWord(value)];
  });
  return [
    "parley",
    command,
    ...place,
    ...words.map((word) => (word.startsWith('"') ? word : shellWord(word))),
  ].join(" ");
}
