/** One started server: a child process on the servers' core, its endpoints and its probe. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Probe } from "../probe/client.js";
import type { Endpoints } from "../servers/contract.js";
import { type AgentSpec, adapterCommand, repositoryRoot } from "./agents.js";
import type { Surroundings } from "./surroundings.js";

const probeModule = new URL("../probe/preload.js", import.meta.url).href;
const readyFd = 3;
const startLimitMs = 30_000;

/** A started process, not yet known to listen. */
interface Launched {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly endpoints: Promise<Endpoints>;
}

const running = new Set<Launched>();

/** @param preload Options for node, such as the probe; the start row measures without any. */
async function launch(
  spec: AgentSpec,
  { pinning, environment }: Surroundings,
  preload: string,
  database?: string,
): Promise<Launched> {
  const servers = await environment(spec, database);
  const directory = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const [program, ...args] = pinning.server(adapterCommand(spec));
  const child = spawn(program, args, {
    cwd: repositoryRoot,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...servers,
      NODE_OPTIONS: preload,
      NODE_ENV: "production",
      BENCH_READY_FD: String(readyFd),
      BENCH_VARIANT: spec.variant,
      BENCH_DATA_DIR: directory,
      BENCH_ALLOW_PRIVATE_WEBHOOKS: "1",
      BENCH_PROBE_DIR: directory,
    },
  });
  const launched = { child, directory, endpoints: ready(spec.name, child) };
  running.add(launched);
  return launched;
}

async function remove(launched: Launched): Promise<void> {
  const { child, directory } = launched;
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }
  rmSync(directory, { recursive: true, force: true });
  running.delete(launched);
}

/** No server and no data outlives the bench, however that ends. */
process.once("exit", () => {
  for (const { child, directory } of running) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

export class RunningAgent {
  readonly name: string;
  readonly endpoints: Endpoints;
  readonly probe: Probe;
  readonly #launched: Launched;

  private constructor(name: string, endpoints: Endpoints, probe: Probe, launched: Launched) {
    this.name = name;
    this.endpoints = endpoints;
    this.probe = probe;
    this.#launched = launched;
  }

  /**
   * @param database Instead of one of its own.
   * @throws Error when the server exits or stays silent instead of announcing itself.
   */
  static async start(spec: AgentSpec, around: Surroundings, database?: string): Promise<RunningAgent> {
    const launched = await launch(spec, around, `--import=${probeModule}`, database);
    try {
      const endpoints = await launched.endpoints;
      const probe = await Probe.open(`${launched.directory}/${launched.child.pid}.sock`);
      return new RunningAgent(spec.name, endpoints, probe, launched);
    } catch (error) {
      await remove(launched);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.probe.close();
    await remove(this.#launched);
  }
}

/** Milliseconds from the spawn of a bare server, without probe, until `answered` has its first answer. */
export async function timeStart(
  spec: AgentSpec,
  around: Surroundings,
  answered: (endpoints: Endpoints) => Promise<void>,
): Promise<number> {
  const begin = performance.now();
  const launched = await launch(spec, around, "");
  try {
    await answered(await launched.endpoints);
    return performance.now() - begin;
  } finally {
    await remove(launched);
  }
}

function ready(name: string, child: ChildProcess): Promise<Endpoints> {
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`${name} ${why}\n${complaints}`.trim()));
    };
    const timer = setTimeout(() => fail(`was not ready after ${startLimitMs} ms`), startLimitMs);
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("close", (code) => fail(`exited with ${code}`));
    let line = "";
    const pipe = child.stdio[readyFd] as Readable;
    pipe.setEncoding("utf8").on("data", (text: string) => {
      line += text;
      if (!line.includes("\n")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Endpoints);
    });
  });
}
