/** A node as a child process: started, and killed by its pid. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ReportSettings } from "./agent.js";

/** What a node is told when it starts. */
export interface NodeSettings {
  readonly report: ReportSettings;
  /** Where clients reach the cluster, for the card. */
  readonly publicUrl: string;
  /** URL of the database that all nodes share. */
  readonly database: string;
  /** URL of a NATS server over which they tell each other news; over the database unless told. */
  readonly nats?: string;
  /** A node that has not been heard of for so long is dead. */
  readonly leaseMillis: number;
}

export interface NodeProcess {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Ends it at once, without a chance to say goodbye. */
  kill(): Promise<void>;
  /** Lets it finish. */
  stop(): Promise<void>;
}

/** @throws Error with what the node said when it does not come up */
export async function startNode(settings: NodeSettings): Promise<NodeProcess> {
  const { node: name } = settings.report;
  const entry = fileURLToPath(new URL("../dist/node.js", import.meta.url));
  const child = fork(entry, [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (data: Buffer) => {
    said = (said + data).slice(-4000);
  });
  const port = await Promise.race([
    once(child, "message").then(([message]) => (message as { port: number }).port),
    once(child, "exit").then(() => Promise.reject(new Error(`Node ${name} did not start.\n${said}`))),
  ]);
  return {
    name,
    port,
    pid: child.pid as number,
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGTERM"),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
