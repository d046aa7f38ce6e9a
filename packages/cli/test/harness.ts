/** Runs the command line in this process, on streams of the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../src/io.js";
import { run } from "../src/run.js";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON document it must be. */
  readonly document: () => Record<string, unknown>;
  /** stdout as JSON Lines. */
  readonly lines: () => Record<string, unknown>[];
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Sees stdout and stderr as they grow. */
  readonly onOutput?: (stream: "stdout" | "stderr", all: string) => void;
}

/** A module with an agent and without the SDK, which would take its time to load into the process of the test. */
export const plainModule =
  'export default { card: { name: "Says", description: "d", version: "1" }, reply: () => "hi" };';

/** A module with an agent that answers what it is told. */
export const echoModule = `
import { artifact, defineAgent } from "@parley/a2a";
export default defineAgent({
  card: { name: "Echo", description: "Says it again", version: "1" },
  async *execute({ text }) {
    yield artifact("echo", text);
  },
});`;

/** Everything that tests of this process write goes with it. */
const folders = mkdtempSync(join(tmpdir(), "parley-cli-"));
process.once("exit", () => rmSync(folders, { recursive: true, force: true }));

/** A folder of its own, without settings above it. */
export function folder(): string {
  return mkdtempSync(join(folders, "test-"));
}

export async function parley(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const output = (stream: "stdout" | "stderr"): Io["stdout"] => ({
    write(text) {
      written[stream] += text;
      options.onOutput?.(stream, written[stream]);
    },
  });
  const home = folder();
  const code = await run(args, {
    stdout: output("stdout"),
    stderr: output("stderr"),
    stdin: (async function* () {
      yield options.stdin ?? "";
    })(),
    env: { HOME: home, ...options.env },
    cwd: options.cwd ?? home,
    signal: options.signal ?? new AbortController().signal,
  });
  const { stdout } = written;
  return {
    code,
    ...written,
    document: () => JSON.parse(stdout),
    lines: () => {
      if (!stdout.endsWith("\n")) throw new Error("the last line is not ended");
      return stdout
        .slice(0, -1)
        .split("\n")
        .map((line) => JSON.parse(line));
    },
  };
}
