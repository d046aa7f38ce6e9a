/** What `npm run tck -- path/to/kit` runs. `--write` puts the results into docs/conformance.md. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { serveTckAgent } from "../serve.js";
import { judge, type KitRun, readExpectations, resultsTable } from "./index.js";
import { kitIn } from "./kits.js";

const home = new URL("../../", import.meta.url);
const document = new URL("../../docs/conformance.md", home);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean", default: false } },
});
// npm runs scripts in the root of the project, people call it from anywhere in it.
const folder = resolve(process.env["INIT_CWD"] ?? ".", positionals[0] ?? "");
const kit = kitIn(folder);
const expectations =
  kit && readExpectations(readFileSync(new URL("tck-expected.json", home), "utf8")).get(kit.version);
if (!kit || !expectations) {
  console.error("Say where the kit is: npm run tck -- path/to/a2a-tck");
  process.exit(2);
}

const runs = new Map<string, KitRun>();
for (const profile of kit.profiles) {
  console.log(`A2A ${kit.version}, profile ${profile}`);
  await using agent = await serveTckAgent({
    profile,
    grpcPort: await freePort(),
    versions: kit.version === "1.0" ? [] : [kit.version],
  });
  runs.set(profile, await kit.run(profile, agent.url));
}
const results = resultsTable(runs, expectations);
const problems = [...commitProblems(expectations.commit), ...judge(runs, expectations)];
console.log(`\n${results}\n`);
if (values.write && problems.length === 0) writeResults(kit.version, results);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "As expected." : `${problems.length} not as expected.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The agent's card names the port before it is opened. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function commitProblems(expected: string): string[] {
  const actual = execFileSync("git", ["-C", folder, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  return actual === expected ? [] : [`the kit is at ${actual}, the expectations are about ${expected}`];
}

function writeResults(version: string, results: string): void {
  const [begin, end] = [`<!-- results of ${version} -->\n`, `<!-- end of results of ${version} -->`];
  const text = readFileSync(document, "utf8");
  const from = text.indexOf(begin) + begin.length;
  writeFileSync(document, `${text.slice(0, from)}${results}\n${text.slice(text.indexOf(end, from))}`);
}
