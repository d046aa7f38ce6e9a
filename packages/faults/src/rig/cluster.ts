/** Three nodes on one PostgreSQL, and the truth beside them: a look into the same database that passes them by. */
import type { Store } from "@parley/a2a/ports";
import { postgres } from "@parley/a2a/postgres";
import type { NodeSettings } from "../node/settings.js";
import type { NodeProcess } from "./node-process.js";
import type { Scene } from "./scene.js";

export type ClusterSettings = Omit<NodeSettings, "name" | "store" | "bus"> & {
  readonly names?: readonly string[];
  /** Over what nodes tell each other news; the database unless told. */
  readonly bus?: "NATS" | "the database";
  /** Where nodes reach the database; its own port unless told. */
  readonly database?: (name: string) => string;
  /** Of each node's process. */
  readonly environment?: (name: string) => NodeJS.ProcessEnv;
};

export interface Cluster {
  readonly nodes: readonly NodeProcess[];
  readonly truth: Store;
  /** One more node, or one again. */
  start(name: string, port?: number): Promise<NodeProcess>;
  /** The port of any node that is to be up. */
  anyPort(): number;
}

export async function startCluster(scene: Scene, options: ClusterSettings = {}): Promise<Cluster> {
  const { names = ["A", "B", "C"], bus, database, environment, ...settings } = options;
  const { url } = await scene.postgres();
  const news = bus === "NATS" ? (await scene.nats()).url : undefined;
  const start = (name: string, port?: number) =>
    scene.node({ ...settings, name, store: database?.(name) ?? url, bus: news, port }, environment?.(name));
  // One after the other: the first makes the tables.
  const nodes: NodeProcess[] = [];
  for (const name of names) nodes.push(await start(name));
  const truth = postgres(url);
  await truth.open();
  scene.atEnd(() => truth.close());
  return {
    nodes,
    truth,
    start,
    anyPort: () => scene.random.pick(nodes.filter((node) => !node.exited && !node.paused)).port,
  };
}
