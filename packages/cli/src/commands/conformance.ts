/** `parley conformance`: whether an agent follows the specification, by our own kit or an official one. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { tryCheck } from "@parley/a2a/codec";
import type { Report, Result } from "@parley/conformance";
import {
  authFor,
  insecureFetch,
  placeOf,
  preferredBindings,
  readDocument,
  serviceParameters,
  unreachable,
} from "../agent/index.js";
import type { Command, Context } from "../context.js";
import { notWritten } from "../local-file.js";
import { localCodes, usage } from "../output/index.js";

type Kit = typeof import("@parley/conformance");

export const command: Command = async (context) => {
  const kit = await import("@parley/conformance");
  const reference = context.args[0] ?? context.config.get("agent-card");
  const folder = context.config.get("tck");
  const report =
    folder === undefined
      ? await examined(context, kit, reference)
      : await officially(context, reference, folder);
  const junit = context.config.get("junit");
  if (junit !== undefined)
    await writeFile(resolve(context.io.cwd, junit), kit.junit(report)).catch((error: unknown) => {
      throw notWritten("--junit", junit, error);
    });
  const counts = kit.countsOf(report.results);
  if (context.json) context.emit({ ...report, counts });
  else print(context, kit, report);
  if (kit.failsAMust(report)) return 1;
  return report.incomplete ? localCodes.A2ACLI_ERR_TIMEOUT : 0;
};

/** The run of our own kit. @throws Failure */
async function examined(context: Context, kit: Kit, reference: string | undefined): Promise<Report> {
  const { config, io, diagnostics } = context;
  const place = placeOf(reference, io);
  const subject = "url" in place ? place : { document: await readDocument(place.path), origin: place.path };
  let at = "";
  const limit = config.get("timeout");
  if (config.get("insecure"))
    diagnostics.warn("--insecure: TLS certificates are not verified; use it for development only");
  try {
    return await kit.examine(subject, {
      says: { echo: config.get("echo"), ask: config.get("ask"), slow: config.get("slow") },
      headers: (card) => headersFor(context, card),
      bindings: preferredBindings(config.get("transport")),
      version: config.get("a2a-version"),
      ...(limit && { limit }),
      ...(config.get("insecure") && { insecure: true, fetch: insecureFetch }),
      signal: io.signal,
      onResult({ subject }) {
        if (subject !== at) diagnostics.progress(`Checking ${subject}`);
        at = subject;
      },
    });
  } catch (error) {
    throw error instanceof kit.Unreachable ? unreachable(error) : error;
  }
}

async function headersFor(
  { config, diagnostics }: Context,
  document: unknown,
): Promise<Record<string, string>> {
  const parameters = Object.entries(serviceParameters(config.get("svc-param")));
  const card = tryCheck("AgentCard", document, { mode: "lenient" });
  const auth = card.ok ? authFor(card.value, config, diagnostics) : undefined;
  const credentials = card.ok ? await auth?.(card.value) : undefined;
  if (Object.keys(credentials?.query ?? {}).length > 0)
    diagnostics.warn("this command sends no credentials in query parameters");
  const all = [...parameters, ...Object.entries(credentials?.headers ?? {})];
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The run of an official kit, in the form of ours. @throws Failure A2ACLI_ERR_USAGE */
async function officially({ io }: Context, reference: string | undefined, folder: string): Promise<Report> {
  const { kitIn } = await import("@parley/conformance/tck");
  const official = kitIn(resolve(io.cwd, folder));
  if (official === undefined) throw usage(`--tck: there is no official kit in ${folder}`);
  const place = placeOf(reference, io);
  if (!("url" in place)) throw usage("--tck needs the address of the agent, not a file");
  const begun = performance.now();
  const { findings } = await official.run("all", place.url.replace(/\/\.well-known\/.*$/, ""));
  const results = findings.map(
    ({ id, binding, level, outcome, errors }): Result => ({
      ...{ check: id, section: "", level, requirement: id, subject: binding },
      outcome: outcome === "skipped" ? "untested" : outcome,
      ...(outcome === "skipped" && { reason: "the official kit skipped it" }),
      ...(outcome === "failed" && { expected: "what the official kit expects", got: errors.join("\n") }),
    }),
  );
  return {
    agent: { name: "", version: "", card: place.url },
    interfaces: [],
    results,
    requests: 0,
    millis: Math.round(performance.now() - begun),
    incomplete: false,
  };
}

function print(context: Context, kit: Kit, report: Report): void {
  const { text } = context;
  const { agent, interfaces, results, requests, millis, incomplete } = report;
  text.field("Agent", `${agent.name} ${agent.version}`.trim());
  text.field("Card", agent.card);
  for (const { binding, version, url, skipped } of interfaces)
    text.field("Interface", `${binding} ${version} ${url}${skipped ? ` (not checked: ${skipped})` : ""}`);
  if (context.verbose)
    for (const { outcome, check, subject } of results)
      if (outcome === "passed") text.field("Passed", `${check} on ${subject}`);
  const failures = kit.failures(results);
  for (const { result, subjects } of failures)
    if (result.level !== "MAY") printFailure(context, result, subjects);
  text.section();
  for (const { result } of failures)
    if (result.level === "MAY")
      text.field("Left out, as it may be", `${result.check}: ${result.requirement}`);
  for (const [reason, checks] of kit.untestedReasons(results))
    text.field("Not tested", `${reason} (${checks.join(", ")})`);
  text.section();
  const counts = kit.countsOf(results);
  for (const level of kit.levels) {
    const { passed, failed, untested } = counts[level];
    text.field(level, `${passed} passed, ${failed} failed, ${untested} not tested`);
  }
  text.field("Requests", requests === 0 ? undefined : `${requests} in ${(millis / 1000).toFixed(1)} s`);
  if (incomplete)
    text.field("Incomplete", "the time was up before everything was tried; give it more with --timeout");
  const broken = failures.filter(({ result }) => result.level === "MUST").map(({ result }) => result.check);
  text.field("Result", broken.length === 0 ? "no MUST fails" : `the agent breaks ${broken.join(", ")}`);
}

function printFailure({ text, diagnostics }: Context, result: Result, subjects: readonly string[]): void {
  const { check, level, section, requirement, expected, got, sent, received } = result;
  text.section();
  text.field("Failed", `${check} (${level}${section && `, section ${section}`})`);
  text.field("Requirement", requirement);
  text.field("On", subjects.join(", "));
  text.prose("Expected", expected ?? "");
  if (got !== undefined) text.prose("Got", diagnostics.redact(got));
  if (sent !== undefined) text.block("Sent", diagnostics.redact(sent));
  if (received !== undefined) text.block("Received", diagnostics.redact(received));
}
