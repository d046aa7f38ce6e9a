/** What agents run in: their core, and the servers that some of them need, real ones that belong to the bench. */
import { type RealServer, type ServerName, serverMissing, startNats, startPostgres } from "@parley/servers";
import pg from "pg";
import type { AgentSpec } from "./agents.js";
import type { Pinning } from "./cores.js";

export interface Surroundings {
  readonly pinning: Pinning;
  /** A new, empty database. */
  database(): Promise<string>;
  /** What tells an agent where its servers are. Agents that are given the same database are nodes of one cluster. */
  environment(agent: AgentSpec, database?: string): Promise<NodeJS.ProcessEnv>;
}

const starts = { postgres: () => startPostgres(), nats: () => startNats() };

/** The servers that are installed, of those that are wanted. They are not pinned: they start before the load is. */
export async function startServers(wanted: Iterable<ServerName>): Promise<Map<ServerName, RealServer>> {
  const started = new Map<ServerName, RealServer>();
  for (const name of new Set(wanted)) {
    if (serverMissing(name) === undefined) started.set(name, await starts[name]());
  }
  return started;
}

export function surroundings(pinning: Pinning, servers: ReadonlyMap<ServerName, RealServer>): Surroundings {
  const urlOf = (name: ServerName) => {
    const server = servers.get(name);
    if (server === undefined) throw new Error(serverMissing(name) ?? `${name} was not started`);
    return server.url;
  };
  let databases = 0;
  const database = async () => {
    databases += 1;
    const name = `bench_${databases}`;
    const client = new pg.Client({ connectionString: urlOf("postgres") });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return urlOf("postgres").replace(/[^/]*$/, name);
  };
  return {
    pinning,
    database,
    async environment({ variant, nats }, shared) {
      return {
        ...(variant === "postgres" && { BENCH_POSTGRES: shared ?? (await database()) }),
        ...(nats && { BENCH_NATS: urlOf("nats") }),
      };
    },
  };
}
