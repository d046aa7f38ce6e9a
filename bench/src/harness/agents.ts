/**
 * Who can be benched: each an adapter file (`{"cmd": [...]}`, run in the repository's root) and the
 * store variant it is started with.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServerName } from "@parley/servers";
import { type Variant, variants } from "../servers/contract.js";

export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

export interface AgentSpec {
  readonly name: string;
  readonly adapter: string;
  readonly variant: Variant;
  /** Its nodes tell each other of news over NATS instead of the database. */
  readonly nats?: boolean;
}

const known = [
  { name: "parley-memory", adapter: "bench/agent/adapter.json", variant: "memory" },
  { name: "parley-sqlite", adapter: "bench/agent/adapter.json", variant: "sqlite" },
  { name: "parley-postgres", adapter: "bench/agent/adapter.json", variant: "postgres" },
  { name: "parley-nats", adapter: "bench/agent/adapter.json", variant: "postgres", nats: true },
  { name: "sdk-memory", adapter: "bench/agent/sdk.json", variant: "memory" },
  { name: "sdk-sqlite", adapter: "bench/agent/sdk.json", variant: "sqlite" },
  { name: "sdk-postgres", adapter: "bench/agent/sdk.json", variant: "postgres" },
  { name: "sdk-webhooks", adapter: "bench/agent/sdk-webhooks.json", variant: "memory" },
  { name: "floor", adapter: "bench/agent/floor.json", variant: "memory" },
] as const satisfies readonly AgentSpec[];

/** The servers that an agent cannot do without. */
export function serversOf({ variant, nats }: AgentSpec): ServerName[] {
  return [...(variant === "postgres" ? ["postgres" as const] : []), ...(nats ? ["nats" as const] : [])];
}

export const agentNames: readonly string[] = known.map((agent) => agent.name);

/**
 * The agents of a `--agents` list: names from the table, or `name=adapter.json[:variant]` for one of
 * your own, which then takes part in every row that suits its variant.
 */
export function selectAgents(list: readonly string[]): AgentSpec[] {
  return list.map((entry) => {
    const own = /^([^=]+)=(.+?)(?::(\w+))?$/.exec(entry);
    if (own !== null) {
      const variant = variants.find((name) => name === own[3]) ?? "memory";
      return { name: own[1]!, adapter: own[2]!, variant };
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
