/** A server of some SDK, in a process of its own, on free ports. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, type Peer, type Protocol } from "./peers.js";

export interface Agent {
  readonly url: string;
  close(): void;
}

/** @throws Error with the process's last words when its card does not come within half a minute */
export async function startAgent(peer: Peer, protocol: Protocol): Promise<Agent> {
  const [port, grpcPort] = await Promise.all([freePort(), freePort()]);
  const env = { PORT: String(port), GRPC_PORT: String(grpcPort) };
  const { command, words, cwd, env: all } = commandOf(peer, "server", [], env);
  const child = spawn(command, words, { cwd, env: all, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (chunk) => {
      said = (said + chunk).slice(-4_000);
    });
  }
  child.on("error", (error) => {
    said += error.message;
  });
  const url = `http://127.0.0.1:${port}`;
  if (await answers(`${url}/.well-known/agent-card.json`, child, protocol)) {
    return { url, close: () => child.kill("SIGKILL") };
  }
  child.kill("SIGKILL");
  throw new Error(`${peer.name} did not start: ${said.trim()}`);
}

async function answers(card: string, child: ChildProcess, protocol: Protocol): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(card, { headers: { "a2a-version": protocol } }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
