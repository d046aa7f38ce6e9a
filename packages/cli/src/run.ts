/**
 * One invocation, from arguments to exit status, on the streams it is given. main.ts calls it with the
 * process; tests call it with their own streams. Commands are loaded only when they are asked for.
 */
import { settingsOf } from "./commands/index.js";
import { type Flags, resolveConfig } from "./config/index.js";
import { Context } from "./context.js";
import type { Io } from "./io.js";
import { Diagnostics, Failure, reportOf, safeJson, TextWriter } from "./output/index.js";
import { parseArguments } from "./program/index.js";
import { version } from "./version.js";

/** @returns the exit status (CLI specification 11.6); 130 and 143 when a signal stopped it. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let json = wantsJson(argv, io);
  const indent = argv.includes("--stream") ? undefined : 2;
  let diagnostics = new Diagnostics(io.stderr, false);
  try {
    const invocation = parseArguments(argv, io.stdout, version);
    if (invocation?.row === undefined) return 0;
    const config = resolveConfig(invocation.flags, io, settingsOf(invocation.row));
    json = config.get("output") === "json";
    diagnostics = new Diagnostics(io.stderr, config.get("debug"), config.secrets());
    for (const warning of config.warnings) diagnostics.warn(warning);
    const { command } = await invocation.row.load();
    return (await command(new Context(io, config, diagnostics, invocation.args, invocation.parts))) ?? 0;
  } catch (error) {
    if (io.signal.aborted) return io.signal.reason === "SIGTERM" ? 143 : 130;
    return fail(error, json ? { indent } : undefined, io, diagnostics);
  }
}

/** The error object on stdout for programs, labelled lines on stderr for people (11.4). */
function fail(
  error: unknown,
  json: { indent: number | undefined } | undefined,
  io: Io,
  diagnostics: Diagnostics,
): number {
  const { exit, ...report } = reportOf(error, diagnostics);
  const cause = error instanceof Failure ? error.cause : error;
  if (cause instanceof Error) diagnostics.debug(cause.stack ?? cause.message);
  if (json) {
    io.stdout.write(`${safeJson({ error: report }, json.indent)}\n`);
  } else {
    const text = new TextWriter(io.stderr);
    text.field("Error", report.code);
    text.prose("Message", report.message);
    text.field("A2A code", report.a2aCode ?? undefined);
    text.field("Hint", report.hint ?? undefined);
  }
  return exit;
}

/** The format of errors that come before the settings are known. */
function wantsJson(argv: readonly string[], io: Io): boolean {
  const flags: Flags = {};
  for (const [index, word] of argv.entries()) {
    const inline = /^(?:-o|--output=)(\w+)$/.exec(word)?.[1];
    const next = word === "-o" || word === "--output" ? argv[index + 1] : inline;
    if (next === "json" || next === "text") flags.output = next;
  }
  try {
    return resolveConfig(flags, io, ["output"]).get("output") === "json";
  } catch {
    return flags.output === "json";
  }
}
