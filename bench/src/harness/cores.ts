/** Keeps servers and load on different cores, where the system lets us. */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

const serverCore = "0";
const loadCore = "1";

export interface Pinning {
  readonly pinned: boolean;
  /** Wraps a command so that it runs on the servers' core. */
  server(command: readonly [string, ...string[]]): readonly [string, ...string[]];
}

/** Moves this process to the load's core. Without `taskset` or a second core nothing is pinned. */
export function pinCores(): Pinning {
  try {
    if (availableParallelism() < 2) throw new Error("one core");
    execFileSync("taskset", ["-a", "-c", "-p", loadCore, String(process.pid)], { stdio: "ignore" });
    return { pinned: true, server: (command) => ["taskset", "-c", serverCore, ...command] };
  } catch {
    return { pinned: false, server: (command) => command };
  }
}
