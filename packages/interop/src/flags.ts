/** What is written after `npm run interop --` and `npm run conformance --`. */
import { parseArgs } from "node:util";
import { type Peer, peerNamed } from "./peers.js";

export interface Flags {
  /** The peers that take part. */
  readonly chosen: readonly Peer[];
  /** Those of the command's own flags that were given. */
  readonly given: ReadonlySet<string>;
}

/**
 * The flags of this process. Where they ask for help, or cannot be understood, that is said and the process ends.
 *
 * @param own Flags of the command, and what each does.
 * @param peers Those among which `--only` and `--all` choose.
 */
export function readFlags(
  command: string,
  own: Readonly<Record<string, string>>,
  peers: readonly Peer[],
): Flags {
  const lines = {
    "only <names>": `these peers alone, with commas between them: ${peers.map(({ name }) => name).join(", ")}`,
    all: "also those that need more than Node and Python",
    ...own,
    help: "this text",
  };
  const usage = [
    `npm run ${command} -- [options]\n`,
    ...Object.entries(lines).map(([flag, does]) => `  --${flag.padEnd(14)}${does}`),
  ].join("\n");
  try {
    const flag = { type: "boolean" } as const;
    const options = { only: { type: "string" }, all: flag, help: flag } as const;
    const ofIts = Object.fromEntries(Object.keys(own).map((name) => [name, flag]));
    const { only, all, help, ...rest } = parseArgs({ options: { ...ofIts, ...options } }).values;
    if (help) exit(usage, 0);
    return {
      chosen: only?.split(",").map(peerNamed) ?? peers.filter((peer) => all || !peer.onDemand),
      given: new Set(Object.keys(rest)),
    };
  } catch (error) {
    return exit(`${error instanceof Error ? error.message : error}\n\n${usage}`, 2);
  }
}

function exit(text: string, status: number): never {
  console.log(text);
  process.exit(status);
}
