/** How the kits are run. Both are pytest behind `run_tck.py`, but told and asked different things. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProfileName } from "../profiles.js";
import { type KitRun, mergeRuns, readRun, readTestRun } from "./report.js";

export interface Kit {
  /** The version of A2A it is for. */
  readonly version: "1.0" | "0.3";
  readonly profiles: readonly ProfileName[];
  /** @throws Error when the kit cannot be run or writes no report, or the agent has no card */
  run(profile: ProfileName, agentUrl: string): Promise<KitRun>;
}

/** The kit in a folder; undefined when there is none. */
export function kitIn(folder: string): Kit | undefined {
  if (!existsSync(join(folder, "run_tck.py"))) return undefined;
  return existsSync(join(folder, "scenarios")) ? kitFor1_0(folder) : kitFor0_3(folder);
}

function kitFor1_0(folder: string): Kit {
  return {
    version: "1.0",
    profiles: ["all", "none", "extension"],
    async run(profile, url) {
      const reports = join(folder, "reports");
      rmSync(reports, { recursive: true, force: true });
      // Its clients never declare an extension, so whatever else it asks of this profile is rightly refused.
      const selection = profile === "extension" ? ["--", "-k", "TestCapabilityExtensionRequired"] : [];
      await python(folder, ["run_tck.py", "--sut-host", url, ...selection]);
      const text = (file: string) => readFileSync(join(reports, file), "utf8");
      return readRun(text("compatibility.json"), text("junitreport.xml"));
    },
  };
}

function kitFor0_3(folder: string): Kit {
  async function runOn(binding: string, url: string): Promise<KitRun> {
    const reports = mkdtempSync(join(tmpdir(), "tck-"));
    try {
      const junits: string[] = [];
      for (const category of ["mandatory", "capabilities"]) {
        const file = join(reports, `${category}.xml`);
        const args = ["run_tck.py", "--sut-url", url, "--category", category, "--transports", binding];
        await python(folder, args, { PYTEST_ADDOPTS: `--junitxml=${file}` });
        junits.push(readFileSync(file, "utf8"));
      }
      return readTestRun(binding, junits);
    } finally {
      rmSync(reports, { recursive: true, force: true });
    }
  }
  return {
    version: "0.3",
    profiles: ["all", "none"],
    async run(_, url) {
      const runs: KitRun[] = [];
      for (const binding of await bindingsOf(url)) runs.push(await runOn(binding, url));
      return mergeRuns(runs);
    },
  };
}

/** As the kit for 0.3 names them, by their names in a card. */
const bindings = new Map([
  ["JSONRPC", "jsonrpc"],
  ["HTTP+JSON", "rest"],
  ["GRPC", "grpc"],
]);

/** The bindings that an agent of 0.3 has: the kit fails where it is told to use another. */
async function bindingsOf(agentUrl: string): Promise<string[]> {
  const answer = await fetch(`${agentUrl}/.well-known/agent-card.json`);
  if (!answer.ok) throw new Error(`the agent's card: ${answer.status}`);
  const { preferredTransport = "JSONRPC", additionalInterfaces = [] } = (await answer.json()) as OlderCard;
  const named = [preferredTransport, ...additionalInterfaces.map(({ transport }) => transport)];
  return [...bindings].flatMap(([name, binding]) => (named.includes(name) ? [binding] : []));
}

/** The parts of a card of 0.3 that are read. */
interface OlderCard {
  readonly preferredTransport?: string;
  readonly additionalInterfaces?: readonly { readonly transport: string }[];
}

/**
 * Runs Python with the kit's packages: TCK_PYTHON, or the kit's own virtual environment. Its exit code says nothing:
 * the kit fails also where it is wrong.
 */
function python(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const own = join(folder, ".venv/bin/python");
  const command = process.env["TCK_PYTHON"] ?? (existsSync(own) ? own : "python3");
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", failed).once("exit", () => done());
  });
}
