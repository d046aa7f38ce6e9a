/**
 * `npm run interop`: everybody with us, in real processes. Exits with 1 when a cell fails that known.json does not
 * list, or known.json lists what holds or is not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFlags } from "./flags.js";
import { Hooks } from "./hooks.js";
import { complaints, type Known, knownFor, nameOf, type Outcome } from "./known.js";
import { others, type Pair, pairsWith, placesOf, runPair } from "./matrix.js";
import { install, type Peer, root } from "./peers.js";
import { section, written } from "./report.js";

const own = {
  self: "each peer with itself instead: whether a failure is ours",
  write: "the result goes into docs/interop.md",
};
const { chosen, given } = readFlags("interop", own, others);
const known = JSON.parse(readFileSync(join(root, "packages/interop/known.json"), "utf8")) as Known[];

const alone = (peer: Peer): Pair[] =>
  peer.server ? peer.protocols.map((protocol) => ({ client: peer, server: peer, protocol })) : [];

const hooks = new Hooks();
await hooks.listen();
const outcomes: Outcome[] = [];
try {
  for (const peer of chosen) {
    install(peer);
    for (const pair of given.has("self") ? alone(peer) : pairsWith(peer)) {
      outcomes.push(...(await runPair(pair, hooks, tell)));
    }
  }
} finally {
  hooks.close();
}

function tell(outcome: Outcome): void {
  const { failure } = outcome;
  console.log(`${failure === undefined ? "✓" : "✗"} ${nameOf(outcome)}${failure ? `: ${failure}` : ""}`);
}

const wrong = given.has("self")
  ? []
  : complaints(outcomes, known, others.flatMap(pairsWith).flatMap(placesOf));
if (given.has("write") && !given.has("self")) {
  const path = join(root, "docs/interop.md");
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  const record = { date: new Date().toISOString().slice(0, 10), commit: git("rev-parse", "--short", "HEAD") };
  const sections = new Map(chosen.map((peer) => [peer.name, section(peer, outcomes, known, record)]));
  writeFileSync(path, written(existsSync(path) ? readFileSync(path, "utf8") : "", sections));
}
const held = outcomes.filter(({ failure }) => failure === undefined).length;
console.log(`\n${held} of ${outcomes.length} hold`);
for (const line of wrong) console.log(line);
// A cell that fails and is listed is as it should be.
const asKnown = outcomes.filter((each) => (each.failure === undefined) !== !!knownFor(known, each)).length;
console.log(`${asKnown} passed, ${wrong.length} failed, 0 skipped`);
process.exitCode = wrong.length > 0 ? 1 : 0;
