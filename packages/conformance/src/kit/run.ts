/** What `npm run tck -- path/to/kit` runs. `--write` puts the results into docs/conformance.md. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type ProfileName, profiles } from "../profiles.js";
import { serveTckAgent } from "../serve.js";
import { type Expectations, judge, type KitRun, readExpectations, readRun, resultsTable } from "./index.js";

const home = new URL("../../", import.meta.url);
const document = new URL("../../docs/conformance.md", home);

/** Clients of the kit never declare an extension, so whatever else it asks of this profile is rightly refused. */
const only: Partial<Record<ProfileName, string>> = { extension: "TestCapabilityExtensionRequired" };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean", default: false } },
});
// npm runs scripts in the root of the project, people call it from anywhere in it.
const kit = resolve(process.env["INIT_CWD"] ?? ".", positionals[0] ?? "");
if (!existsSync(join(kit, "run_tck.py"))) {
  console.error("Say where the kit is: npm run tck -- path/to/a2a-tck");
  process.exit(2);
}
const expectations = readExpectations(readFileSync(new URL("tck-expected.json", home), "utf8"));

const runs = new Map<string, KitRun>();
for (const profile of Object.keys(profiles) as ProfileName[]) {
  console.log(`Profile ${profile}`);
  runs.set(profile, await runKit(profile));
}
const results = resultsTable(runs, expectations);
const problems = [...commitProblems(expectations), ...judge(runs, expectations)];
console.log(`\n${results}\n`);
if (values.write && problems.length === 0) writeResults(results);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "As expected." : `${problems.length} not as expected.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The kit against the agent of a profile. Its exit code says nothing: it fails also where it is wrong. */
async function runKit(profile: ProfileName): Promise<KitRun> {
  const reports = join(kit, "reports");
  rmSync(reports, { recursive: true, force: true });
  const agent = await serveTckAgent({ profile, grpcPort: 0 });
  try {
    const selection = only[profile] ? ["--", "-k", only[profile]] : [];
    await python("run_tck.py", "--sut-host", agent.url, ...selection);
  } finally {
    await agent.close();
  }
  const text = (file: string) => readFileSync(join(reports, file), "utf8");
  return readRun(text("compatibility.json"), text("junitreport.xml"));
}

/** Runs Python with the kit's packages: TCK_PYTHON, or the kit's own virtual environment. */
function python(...args: readonly string[]): Promise<void> {
  const own = join(kit, ".venv/bin/python");
  const command = process.env["TCK_PYTHON"] ?? (existsSync(own) ? own : "python3");
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: kit, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", failed).once("exit", () => done());
  });
}

function commitProblems({ commit }: Expectations): string[] {
  const actual = execFileSync("git", ["-C", kit, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  return actual === commit ? [] : [`the kit is at ${actual}, the expectations are about ${commit}`];
}

function writeResults(results: string): void {
  const text = readFileSync(document, "utf8");
  const between = /(<!-- results -->\n)[\s\S]*(\n<!-- \/results -->)/;
  writeFileSync(
    document,
    text.replace(between, (_, before: string, after: string) => before + results + after),
  );
}
