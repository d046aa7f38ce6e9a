/** The demonstration: what is started, what is killed, and what came of it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, connect } from "@parley/a2a/client";
import { startNats, startPostgres } from "@parley/servers";
import { type Balancer, startBalancer } from "./balancer.js";
import { type NodeProcess, startNode } from "./node-process.js";
import { Reader } from "./reader.js";

export interface ClusterOptions {
  /** Whether nodes tell each other news over NATS rather than over the database. */
  readonly nats: boolean;
  /** Of the load balancer; 0 for any that is free. */
  readonly port: number;
  readonly clients: number;
  readonly lines: number;
  /** Between two lines of a report. */
  readonly pauseMillis: number;
  /** A node that the others have not heard of for so long is dead. */
  readonly leaseMillis: number;
  readonly print: (line: string) => void;
  /** Aborted when it is to end early. */
  readonly signal: AbortSignal;
}

/**
 * @returns whether every report is complete and every bill was sent once
 * @throws Error when something cannot be started, which says how to install what is missing
 */
export async function runCluster(options: ClusterOptions): Promise<boolean> {
  const started: (() => Promise<unknown>)[] = [];
  try {
    return await run(options, (stop) => void started.unshift(stop));
  } finally {
    for (const stop of started) await stop();
  }
}

async function run(options: ClusterOptions, atEnd: (stop: () => Promise<unknown>) => void): Promise<boolean> {
  const { print, lines, pauseMillis, leaseMillis } = options;
  const folder = await mkdtemp(join(tmpdir(), "parley-cluster-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const bills = join(folder, "bills");

  const database = await startPostgres();
  atEnd(database.remove);
  print(`PostgreSQL is up (pid ${database.pid}). It keeps the tasks of all nodes.`);
  const nats = options.nats ? await startNats() : undefined;
  if (nats) atEnd(nats.remove);
  print(
    nats
      ? `NATS is up (pid ${nats.pid}). Over it nodes tell each other which tasks have grown.`
      : "Nodes tell each other which tasks have grown over the database too. With --nats they do over NATS.",
  );

  const balancer = await startBalancer(options.port);
  atEnd(balancer.close);
  const nodes: NodeProcess[] = [];
  for (const node of ["A", "B", "C"]) {
    const settings = { publicUrl: balancer.url, database: database.url, nats: nats?.url, leaseMillis };
    const up = await startNode({ ...settings, report: { node, lines, pauseMillis, bills } });
    atEnd(up.stop);
    nodes.push(up);
    balancer.add(up.port);
    print(`Node ${node} is up (pid ${up.pid}), an agent at port ${up.port}.`);
  }
  print(`A load balancer at ${balancer.url} gives each request to the next node.`);

  let resumed = 0;
  const client = await connect(balancer.url, {
    bindings: ["HTTP+JSON"],
    onRequest: ({ url }) => {
      if (url.endsWith(":subscribe")) resumed++;
    },
  });
  const readers = Array.from({ length: options.clients }, () => new Reader());
  await watch({ ...options, client, readers, nodes, balancer, resumed: () => resumed });
  return conclude(options, readers, (await readFile(bills, "utf8")).trim().split("\n"));
}

interface Scene extends ClusterOptions {
  readonly client: Client;
  readonly readers: readonly Reader[];
  readonly nodes: readonly NodeProcess[];
  readonly balancer: Balancer;
  /** How often clients have followed a task again. */
  readonly resumed: () => number;
}

/** The load runs, and in the middle of it a node is killed. */
async function watch(scene: Scene): Promise<void> {
  const { client, readers, nodes, balancer, lines, pauseMillis, leaseMillis, print, signal } = scene;
  print(
    `\n${readers.length} clients ask for a report of ${lines} lines each, and read it as it is written.\n`,
  );
  const began = Date.now();
  const say = (words: string) => print(`${seconds(Date.now() - began).padStart(8)}  ${words}`);
  let over = false;
  const all = Promise.all(readers.map((reader) => reader.follow(client, signal))).finally(() => {
    over = true;
  });

  const victim = nodes[1] as NodeProcess;
  const aThird = (lines * pauseMillis) / 3;
  let killedAt: number | undefined;
  const orphans = new Set<Reader>();
  while (!over) {
    await Promise.race([all, sleep(Math.min(1000, aThird / 2))]);
    say(overview(readers, nodes, lines));
    for (const { name } of nodes) {
      const adopted = [...orphans].filter(({ node }) => node === name && node !== victim.name);
      for (const reader of adopted) orphans.delete(reader);
      const after = seconds(Date.now() - (killedAt ?? 0));
      if (adopted.length > 0)
        say(
          `>>> Node ${name} goes on with ${adopted.length} reports of node ${victim.name}, ${after} after it died.`,
        );
    }
    const underWay = Date.now() - began > aThird && readers.every(({ count }) => count > 0);
    if (killedAt === undefined && underWay) {
      for (const reader of readers) if (!reader.finished && reader.node === victim.name) orphans.add(reader);
      const cut = balancer.open(victim.port);
      await victim.kill();
      killedAt = Date.now();
      say(`>>> kill -9 ${victim.pid}: node ${victim.name} is dead.`);
      say(`>>> It was writing ${orphans.size} reports, and ${cut} clients were reading through it.`);
      say(`>>> Once the others have not heard of it for ${seconds(leaseMillis)}, they take its tasks over.`);
    }
  }
  await all;
  say(`All reports are finished. Clients reconnected ${scene.resumed()} times, by themselves.`);
}

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`;

function overview(readers: readonly Reader[], nodes: readonly NodeProcess[], lines: number): string {
  const writing = nodes.map(({ name }) => {
    const count = readers.filter(({ finished, node }) => !finished && node === name).length;
    return `${name} writes ${String(count).padStart(2)}`;
  });
  const shown = readers.reduce((sum, { count }) => sum + count, 0);
  return `${writing.join("   ")}   ${shown} of ${readers.length * lines} lines`;
}

function conclude({ lines, print }: ClusterOptions, readers: readonly Reader[], bills: string[]): boolean {
  const problems = readers.flatMap((reader) => {
    const problem = reader.problem(lines);
    return problem === undefined ? [] : [`Task ${reader.taskId}: ${problem}`];
  });
  const moved = readers.filter(({ nodes }) => nodes > 1).length;
  const billed = readers.filter(({ taskId }) => bills.filter((id) => id === taskId).length === 1).length;
  print("\nWhat came of it");
  print(
    `  ${readers.length - problems.length} of ${readers.length} reports are complete: each line once, in order.`,
  );
  print(`  ${moved} of them were begun on one node and finished on another.`);
  print(`  ${billed} of ${readers.length} bills were sent exactly once.`);
  for (const problem of problems) print(`  ${problem}`);
  return problems.length === 0 && billed === readers.length;
}
