/** A server process that can be killed and started again on the same port with the same data. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RealServer {
  readonly url: string;
  readonly port: number;
  /** Undefined while it is stopped. */
  readonly pid: number | undefined;
  /** Sends a signal, and unless it is one that only pauses or wakes, waits until the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again where it was, and waits until it takes connections. */
  start(): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

export interface Recipe {
  readonly url: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: SpawnOptions;
  /** What asks it to end soon. */
  readonly stopSignal: NodeJS.Signals;
  /** Throws while it does not serve yet. */
  readonly ready?: () => Promise<void>;
  readonly cleanUp: () => Promise<void>;
}

const pausing = new Set<NodeJS.Signals>(["SIGSTOP", "SIGCONT"]);
const patienceMillis = 20_000;

/** @throws Error with what the process said when it does not come up */
export async function startServer(recipe: Recipe): Promise<RealServer> {
  let child: ChildProcess | undefined;
  const killWithUs = () => child?.kill("SIGKILL");

  async function start(): Promise<void> {
    if (child) return;
    const until = Date.now() + patienceMillis;
    for (;;) {
      const said = await attempt(until);
      if (said === undefined) return;
      // What was killed may hold its port or its lock for a moment.
      if (Date.now() > until) throw new Error(`${recipe.command} did not start:\n${said}`);
      await sleep(200);
    }
  }

  /** @returns what the process said when it failed */
  async function attempt(until: number): Promise<string | undefined> {
    // A group of its own: Ctrl-C in a terminal is for whoever started it.
    const started = spawn(recipe.command, recipe.args, {
      ...recipe.options,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const keep = (data: Buffer) => {
      said = (said + data).slice(-4000);
    };
    started.stdout?.on("data", keep);
    started.stderr?.on("data", keep);
    started.once("error", keep);
    child = started;
    started.once("exit", () => {
      if (child === started) child = undefined;
    });
    while (child === started && started.pid !== undefined && Date.now() < until) {
      try {
        await reachable(recipe.port);
        await recipe.ready?.();
        return undefined;
      } catch {
        await sleep(25);
      }
    }
    await stop("SIGKILL");
    return said;
  }

  async function stop(signal: NodeJS.Signals = recipe.stopSignal): Promise<void> {
    const stopping = child;
    if (stopping?.pid === undefined) {
      child = undefined;
      return;
    }
    const gone = new Promise((resolve) => stopping.once("exit", resolve));
    stopping.kill(signal);
    if (!pausing.has(signal)) await gone;
  }

  process.on("exit", killWithUs);
  const server: RealServer = {
    url: recipe.url,
    port: recipe.port,
    get pid() {
      return child?.pid;
    },
    stop,
    start,
    async remove() {
      await stop("SIGKILL");
      process.off("exit", killWithUs);
      await recipe.cleanUp();
    },
  };
  try {
    await start();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}

function reachable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}
