/** `parley completion <shell>`: prints the script that completes parley in a shell. */
import { bash, fish, zsh } from "../completion/index.js";
import type { Command } from "../context.js";
import type { shells } from "./index.js";

const scripts: Readonly<Record<(typeof shells)[number], () => string>> = { bash, zsh, fish };

export const command: Command = async (context) => {
  // The parser lets only these through.
  const shell = context.arg(0) as (typeof shells)[number];
  context.io.stdout.write(scripts[shell]());
};
