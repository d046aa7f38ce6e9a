import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../bin/parley.js", import.meta.url));

export interface Online {
  readonly url: string;
  readonly stdout: string;
  readonly stderr: () => string;
  /** @returns the exit status */
  readonly stop: (signal: "SIGINT" | "SIGTERM") => Promise<number>;
}

/** `parley serve` in a process of its own, until the test says stop. */
export function online(cwd: string, ...args: string[]): Promise<Online> {
  return onlineWith({}, cwd, ...args);
}

/** The same with variables in its environment. */
export async function onlineWith(
  env: Readonly<Record<string, string>>,
  cwd: string,
  ...args: string[]
): Promise<Online> {
  const child = spawn(process.execPath, [bin, "serve", "--port", "0", ...args], {
    cwd,
    env: { HOME: cwd, ...env },
  });
  const ended = once(child, "close").then(([status]) => Number(status));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  for await (const chunk of child.stdout) {
    stdout += chunk;
    if (/^Try: .*\n/m.test(stdout)) break;
  }
  const url = /^Card: (\S+)\/\.well-known\/agent-card\.json$/m.exec(stdout)?.[1];
  if (url === undefined) throw new Error(stderr);
  const stop = (signal: "SIGINT" | "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return { url, stdout, stderr: () => stderr, stop };
}
