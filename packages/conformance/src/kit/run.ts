/** One run of the kit: the card, then every interface it declares, one request after the other. */
import { type CardSource, type Interface, interfacesOf, minorOf, requiredExtensions } from "./agent-card.js";
import { type Check, Failed, type Level, Untested } from "./check.js";
import { accessChecks } from "./checks/access.js";
import { type CardSubject, cardChecks } from "./checks/card.js";
import { errorChecks } from "./checks/errors.js";
import { httpJsonChecks } from "./checks/http-json.js";
import { firstInterfaceCheck, interfaceCheck, oldInterfaceCheck } from "./checks/interfaces.js";
import { jsonrpcChecks } from "./checks/jsonrpc.js";
import { listChecks } from "./checks/lists.js";
import { pushChecks } from "./checks/push.js";
import { streamingChecks } from "./checks/streaming.js";
import { taskChecks } from "./checks/tasks.js";
import { type V0_1Probe, v0_1Checks } from "./checks/v0_1.js";
import { type V0_3Probe, v0_3Checks } from "./checks/v0_3.js";
import { validationChecks } from "./checks/validation.js";
import { versionChecks } from "./checks/versions.js";
import { Probe, type Says } from "./probe.js";
import { OldProbe } from "./probe-old.js";
import { GrpcWire } from "./wire/grpc.js";
import { http } from "./wire/http.js";
import { HttpJsonWire } from "./wire/http-json.js";
import { type Fields, fieldsOf, isFields, parsed } from "./wire/json.js";
import { JsonRpcWire } from "./wire/jsonrpc.js";
import { Line } from "./wire/line.js";
import { V0_1JsonRpc } from "./wire/v0_1.js";
import { V0_3HttpJson, V0_3JsonRpc } from "./wire/v0_3.js";
import { V0_3Grpc } from "./wire/v0_3-grpc.js";
import type { Binding, Wire } from "./wire/wire.js";

/** Checks of each interface of 1.0. */
export const currentChecks: readonly Check<Probe>[] = [
  interfaceCheck,
  ...taskChecks,
  ...jsonrpcChecks,
  ...httpJsonChecks,
  ...versionChecks,
  ...errorChecks,
  ...validationChecks,
  ...listChecks,
  ...streamingChecks,
  ...pushChecks,
  ...accessChecks,
];

/** Checks of each interface of 0.3. */
export const oldChecks: readonly Check<V0_3Probe>[] = [oldInterfaceCheck, ...v0_3Checks];

/** Checks of each interface of 0.1. */
export const firstChecks: readonly Check<V0_1Probe>[] = [firstInterfaceCheck, ...v0_1Checks];

export { cardChecks };

type HeaderFields = Readonly<Record<string, string>>;

/** Not even the card could be asked for. */
export class Unreachable extends Error {}

export interface KitOptions {
  /** What is said to the agent; “echo hello” unless told. */
  readonly says?: Partial<Says>;
  /** Credentials and service parameters for every call of an interface, by its card; lower-case names. */
  readonly headers?: HeaderFields | ((card: unknown) => Promise<HeaderFields>);
  /** Only interfaces of these bindings. */
  readonly bindings?: readonly string[];
  /** Only interfaces of this version, such as 1.0. */
  readonly version?: string | undefined;
  /** Only these checks, by id. */
  readonly only?: (id: string) => boolean;
  /** Milliseconds for the whole run; two minutes unless told. */
  readonly limit?: number;
  /** Milliseconds for one answer; ten seconds unless told. */
  readonly patience?: number;
  readonly fetch?: typeof fetch;
  /** Verifies no certificates. */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Hears of each result as it comes. */
  readonly onResult?: (result: Result) => void;
}

/** The card to begin with: the URL to get it from, or a document and where it was read. */
export type Reference = { readonly url: string } | { readonly document: unknown; readonly origin: string };

export type Outcome = "passed" | "failed" | "untested";

/** What came of one check on one interface, or on the card. */
export interface Result {
  readonly check: string;
  readonly section: string;
  readonly level: Level;
  readonly requirement: string;
  /** `card`, or binding and version: `JSONRPC 1.0`. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** Why it is untested. */
  readonly reason?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly sent?: string;
  readonly received?: string;
}

export interface Report {
  readonly agent: { readonly name: string; readonly version: string; readonly card: string };
  readonly interfaces: readonly (Interface & { readonly skipped?: string })[];
  readonly results: readonly Result[];
  readonly requests: number;
  readonly millis: number;
  /** The time was up, or the user stopped it, before everything was tried. */
  readonly incomplete: boolean;
}

/** Checks an agent. Never throws for what the agent does. */
export async function examine(reference: Reference, options: KitOptions = {}): Promise<Report> {
  const begun = performance.now();
  const { line, card, answer, source } = await findCard(reference, options);
  const results: Result[] = [];
  const note = (result: Result) => {
    results.push(result);
    options.onResult?.(result);
  };
  const run = <S extends { readonly line: Line }>(
    checks: readonly Check<S>[],
    subject: S,
    name: string,
    binding?: string,
  ) => runChecks(checks, subject, name, binding, options, note);

  await run<CardSubject>(cardChecks, { line, source, card, answer }, "card");
  const says = { echo: "echo hello", ...options.says };
  const interfaces = interfacesOf(card).map((each) => ({ ...each, ...skipping(each, options) }));
  for (const each of interfaces) {
    if (each.skipped !== undefined) continue;
    const minor = minorOf(each.version);
    const name = `${each.binding} ${minor}`;
    if (minor === "1.0") {
      const wire = wireFor(line, each);
      const probe = new Probe(wire, line, card, source, says);
      await run(currentChecks, probe, name, each.binding);
      await probe.tidy();
      wire.close();
    } else if (minor === "0.1") {
      const wire = new V0_1JsonRpc(line, each.url);
      const probe = new OldProbe(wire, line, await oldCard(line, source, card, minor), source, says);
      await run(firstChecks, probe, name, each.binding);
      await probe.tidy();
    } else {
      const wire = oldWireFor(line, each);
      const probe = new OldProbe(wire, line, await oldCard(line, source, card, "0.3"), source, says);
      await run(oldChecks, probe, name, each.binding);
      await probe.tidy();
      wire.close();
    }
  }
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    agent: { name: text(card["name"]), version: text(card["version"]), card: source.origin },
    interfaces,
    results,
    requests: line.requests,
    millis: Math.round(performance.now() - begun),
    incomplete: line.over,
  };
}

async function findCard(reference: Reference, options: KitOptions) {
  const { limit = 120_000, patience = 10_000, insecure = false, signal } = options;
  const bare = new Line({ limit, patience, insecure, signal, fetch: options.fetch ?? fetch });
  if ("document" in reference) {
    const card = fieldsOf(reference.document);
    const source: CardSource = { origin: reference.origin };
    return { line: await lineTo(card, bare, options), card, answer: undefined, source };
  }
  const { url } = reference;
  const ask = { method: "GET", url, headers: { accept: "application/json" }, credentials: false };
  const answer = await http(bare, ask).catch((error: unknown) => {
    throw error instanceof Failed ? new Unreachable(`${url}: ${error.got}`, { cause: error }) : error;
  });
  const card = fieldsOf(parsed(answer.body));
  return { line: await lineTo(card, bare, options), card, answer, source: { origin: url, url } };
}

/** The line with what calls to this agent have to carry. */
async function lineTo(card: Fields, bare: Line, options: KitOptions): Promise<Line> {
  const { headers = {} } = options;
  const own = typeof headers === "function" ? await headers(card) : headers;
  return bare.carrying(own, requiredExtensions(card));
}

const bindings: readonly string[] = ["JSONRPC", "HTTP+JSON", "GRPC"] satisfies Binding[];

/** Why nothing is checked there, if so. */
function skipping({ binding, version }: Interface, options: KitOptions): { skipped?: string } {
  const minor = minorOf(version);
  if (options.version !== undefined && minorOf(options.version) !== minor)
    return { skipped: "another version was asked for" };
  if (options.bindings?.length && !options.bindings.includes(binding))
    return { skipped: "other bindings were asked for" };
  if (!bindings.includes(binding)) return { skipped: "this kit does not know the binding" };
  const known = /^(1\.0|0\.[23])$/.test(minor) || (minor === "0.1" && binding === "JSONRPC");
  return known ? {} : { skipped: `this kit does not know ${binding} of A2A ${version}` };
}

function wireFor(line: Line, { binding, url, tenant }: Interface): Wire {
  if (binding === "GRPC") return new GrpcWire(line, url, tenant);
  return binding === "JSONRPC" ? new JsonRpcWire(line, url, tenant) : new HttpJsonWire(line, url, tenant);
}

function oldWireFor(line: Line, { binding, url }: Interface): V0_3Probe["wire"] {
  if (binding === "GRPC") return new V0_3Grpc(line, url);
  return binding === "JSONRPC" ? new V0_3JsonRpc(line, url) : new V0_3HttpJson(line, url);
}

/** The card as those see it who ask for an older version; what was found already where there is no other. */
async function oldCard(
  line: Line,
  { url }: CardSource,
  card: Fields,
  version: "0.3" | "0.1",
): Promise<Fields> {
  if (card["supportedInterfaces"] === undefined || url === undefined) return card;
  const headers = { accept: "application/json", "a2a-version": version };
  const answer = await http(line, { method: "GET", url, headers, credentials: false }).catch(() => undefined);
  const body = parsed(answer?.body ?? "");
  return isFields(body) ? body : card;
}

async function runChecks<S extends { readonly line: Line }>(
  checks: readonly Check<S>[],
  subject: S,
  name: string,
  binding: string | undefined,
  { only }: KitOptions,
  note: (result: Result) => void,
): Promise<void> {
  let shut: string | undefined;
  for (const check of checks) {
    if (binding !== undefined && check.on !== undefined && !check.on.includes(binding)) continue;
    if (only !== undefined && !only(check.id)) continue;
    const { id, section, level, says } = check;
    const came =
      shut === undefined ? await outcomeOf(check, subject) : { outcome: "untested" as const, reason: shut };
    if (came.outcome === "failed") shut ??= check.gate;
    note({ check: id, section, level, requirement: says, subject: name, ...came });
  }
}

async function outcomeOf<S extends { readonly line: Line }>(
  check: Check<S>,
  subject: S,
): Promise<Pick<Result, "outcome"> & Partial<Result>> {
  try {
    await check.run(subject);
    return { outcome: "passed" };
  } catch (error) {
    if (subject.line.over) return { outcome: "untested", reason: "the time was up" };
    if (error instanceof Untested) return { outcome: "untested", reason: error.reason };
    if (!(error instanceof Failed))
      return { outcome: "failed", expected: "an answer that can be read", got: String(error) };
    const { expected, got, exchange } = error;
    return {
      outcome: "failed",
      expected,
      ...(got && { got }),
      ...(exchange && { sent: exchange.sent, received: exchange.received }),
    };
  }
}
