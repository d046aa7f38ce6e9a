/**
 * Who can be benched: each an adapter file (`{"cmd": [...]}`, run in the repository's root) and the
 * store variant it is started with.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Variant } from "../servers/contract.js";

export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

export interface AgentSpec {
  readonly name: string;
  readonly adapter: string;
  readonly variant: Variant;
}

const known = [
  { name: "parley-memory", adapter: "bench/agent/adapter.json", variant: "memory" },
  { name: "parley-sqlite", adapter: "bench/agent/adapter.json", variant: "sqlite" },
  { name: "sdk-memory", adapter: "bench/agent/sdk.json", variant: "memory" },
  { name: "sdk-sqlite", adapter: "bench/agent/sdk.json", variant: "sqlite" },
  { name: "floor", adapter: "bench/agent/floor.json", variant: "memory" },
] as const satisfies readonly AgentSpec[];

export const agentNames: readonly string[] = known.map((agent) => agent.name);

/**
 * The agents of a `--agents` list: names from the table, or `name=adapter.json[:variant]` for one of
 * your own, which then takes part in every row that suits its variant.
 */
export function selectAgents(list: readonly string[]): AgentSpec[] {
  return list.map((entry) => {
    const own = /^([^=]+)=(.+?)(?::(memory|sqlite))?$/.exec(entry);
    if (own !== null) {
      return { name: own[1]!, adapter: own[2]!, variant: own[3] === "sqlite" ? "sqlite" : "memory" };
    }
    const agent = known.find(({ name }) => name === entry);
    if (agent === undefined) {
      throw new Error(`unknown agent "${entry}": ${agentNames.join(", ")} or name=adapter.json`);
    }
    return agent;
  });
}

export function adapterCommand(agent: AgentSpec): readonly [string, ...string[]] {
  const { cmd } = JSON.parse(readFileSync(resolve(repositoryRoot, agent.adapter), "utf8")) as {
    cmd?: string[];
  };
  const [program, ...args] = cmd ?? [];
  if (program === undefined) throw new Error(`${agent.adapter} has no "cmd"`);
  return [program, ...args];
}
