/** Who takes part: an adapter.json beside each peer's programs says how they are started and what they cannot do. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = fileURLToPath(new URL("../peers", import.meta.url));
/** What is installed for peers, in a folder that git ignores. */
const cache = join(root, ".interop");

export type Binding = "JSONRPC" | "HTTP+JSON" | "GRPC";
export type Protocol = "1.0" | "0.3";
export type Side = "client" | "server";

interface Adapter {
  /** Package and exact version, as in its registry. */
  readonly package: string;
  readonly protocols: readonly Protocol[];
  readonly bindings: readonly Binding[];
  /** Where its server has fewer than its client. */
  readonly serverBindings?: readonly Binding[];
  /** What makes its programs runnable; nothing for those that npm has installed. */
  readonly install?: "python" | "go" | "java" | "rust";
  readonly client: readonly string[];
  /** Missing where a peer takes part as a client alone. */
  readonly server?: readonly string[];
  /** Takes part in `--all` alone. */
  readonly onDemand?: boolean;
  /** Cells for which a side has no call, by reason. */
  readonly lacks?: { readonly [side in Side]?: Readonly<Record<string, string>> };
}

export interface Peer extends Adapter {
  readonly name: string;
}

export interface Command {
  readonly command: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export const peers: readonly Peer[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "adapter.json")))
  .map(({ name }) => ({
    name,
    ...(JSON.parse(readFileSync(join(folder, name, "adapter.json"), "utf8")) as Adapter),
  }));

/** Ourselves: one side of every pair. */
export const us = "parley";

/** @throws Error when there is no such peer */
export function peerNamed(name: string): Peer {
  const peer = peers.find((each) => each.name === name);
  if (peer) return peer;
  throw new Error(`no peer is called ${name}: there are ${peers.map((each) => each.name).join(", ")}`);
}

/** Starts one of its programs; `{venv}` and `{bin}` stand for where it was installed. */
export function commandOf({ name, ...peer }: Peer, side: Side, words: readonly string[], env = {}): Command {
  const [command = "", ...rest] = (peer[side] ?? []).map((word) =>
    word.replaceAll(/\{(venv|bin)\}/g, join(cache, name)),
  );
  return {
    command: command === "node" ? process.execPath : command,
    words: [...rest, ...words],
    cwd: join(folder, name),
    env: { ...process.env, PARLEY_ALLOW_PRIVATE: "localhost,127.0.0.1", ...env },
  };
}

/**
 * Installs what the peer's registry has; once for each version.
 * @throws Error when python3, go, mvn or cargo is not there, or the registry has no answer
 */
export function install({ name, install: how }: Peer): void {
  if (how === undefined) return;
  const home = join(cache, name);
  const run = (command: string, words: readonly string[]) =>
    execFileSync(command, words, { cwd: join(folder, name), stdio: ["ignore", "ignore", "inherit"] });
  if (how === "go") {
    mkdirSync(home, { recursive: true });
    run("go", ["build", "-o", home, "./..."]);
    return;
  }
  if (how === "rust") {
    run("cargo", ["build", "--quiet", "--locked", "--target-dir", home]);
    return;
  }
  if (how === "java") {
    const libraries = ["dependency:copy-dependencies", `-DoutputDirectory=${join(home, "lib")}`];
    run("mvn", ["-q", "-B", `-Dhome=${home}`, "package", ...libraries]);
    return;
  }
  const wanted = readFileSync(join(folder, name, "requirements.txt"), "utf8");
  const stamp = join(home, "requirements.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  run("python3", ["-m", "venv", home]);
  run(join(home, "bin/python"), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    "requirements.txt",
  ]);
  writeFileSync(stamp, wanted);
}
