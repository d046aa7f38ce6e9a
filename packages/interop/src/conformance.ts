/** `npm run conformance`: our conformance kit, and what it says of each peer's server. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue, countsOf, examine, failures, levels, type Report } from "@parley/conformance";
import { startAgent } from "./agent.js";
import { readFlags } from "./flags.js";
import { install, type Peer, peers, root } from "./peers.js";

const own = { write: "the results go into docs/conformance.md" };
const { chosen, given } = readFlags("conformance", own, peers);

/** The words that the peers' servers understand. `slow` goes on until it is canceled. */
const says = { echo: "echo hello", ask: "ask", slow: "slow" };

const sections = new Map<string, string>();
for (const peer of chosen) {
  install(peer);
  for (const protocol of peer.protocols) {
    const agent = await startAgent(peer, protocol);
    try {
      const url = `${agent.url}/.well-known/agent-card.json`;
      const report = await examine({ url }, { says, version: protocol, patience: 5_000, limit: 300_000 });
      const name = peer.protocols.length > 1 ? `${peer.name}, A2A ${protocol}` : peer.name;
      sections.set(name, section(name, peer, report));
      console.log(`${sections.get(name)}\n`);
    } finally {
      agent.close();
    }
  }
}
if (given.has("write")) write(sections);

function section(name: string, peer: Peer, { results, requests }: Report): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  const record = `Tried on ${new Date().toISOString().slice(0, 10)} with Parley at ${git("rev-parse", "--short", "HEAD")}, ${requests} requests.`;
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => {
    const counts = countsOf(results.filter((result) => result.subject === subject));
    const cells = levels.map((level) => Object.values(counts[level]).join(", "));
    return `| ${[subject, ...cells].join(" | ")} |`;
  });
  const failed = failures(results).map(({ result: { check, level, section, requirement }, subjects }) => {
    const where =
      subjects.length === new Set(results.map(({ subject }) => subject)).size - 1
        ? "everywhere"
        : subjects.join(", ");
    return `| \`${check}\` | ${level} | ${section} | ${requirement} | ${where} |`;
  });
  return [
    `#### ${name}`,
    "",
    `\`${peer.package}\`. ${record} Each cell: passed, failed, not tested.`,
    "",
    `| | ${levels.join(" | ")} |`,
    `| --- |${levels.map(() => " --- |").join("")}`,
    ...rows,
    "",
    ...(failed.length === 0
      ? ["Nothing fails."]
      : ["| fails | level | section | requirement | on |", "| --- | --- | --- | --- | --- |", ...failed]),
  ].join("\n");
}

/** Sections of this run in place of older ones, and the checks that there are. */
function write(fresh: ReadonlyMap<string, string>): void {
  const path = join(root, "docs/conformance.md");
  const text = readFileSync(path, "utf8");
  const withPeers = replaced(text, "what our kit found", (before) => {
    const kept = before.split(/^#### /m).slice(1);
    const all = new Map(kept.map((each) => [each.split("\n", 1)[0] ?? "", `#### ${each.trimEnd()}`]));
    for (const [name, section] of fresh) all.set(name, section);
    return [...all]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, section]) => section)
      .join("\n\n");
  });
  writeFileSync(path, replaced(withPeers, "checks", catalogue));
}

/** The page with another text between the marks of a part. */
function replaced(page: string, part: string, make: (before: string) => string): string {
  const [begin, end] = [`<!-- ${part} -->\n`, `<!-- end of ${part} -->`];
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  return `${page.slice(0, from)}\n${make(page.slice(from, to))}\n\n${page.slice(to)}`;
}
