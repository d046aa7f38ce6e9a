/** SIGTERM under load, with real processes: nothing that was accepted fails, readers notice nothing, the process is gone in time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Client, connect } from "@parley/a2a/client";
import { freePort, type RealServer, startPostgres } from "@parley/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { describeWith } from "../with-server.js";

const script = fileURLToPath(new URL("drain-agent.mjs", import.meta.url));
const cycles = Number(process.env.DRAIN_CYCLES ?? 2);
const drainMillis = 3000;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

class Node {
  readonly url: string;
  /** As a load balancer sees it. */
  up = false;
  #child: ChildProcess | undefined;

  constructor(
    readonly store: string,
    readonly port: number,
  ) {
    this.url = `http://localhost:${port}`;
  }

  async start(): Promise<void> {
    const env = { ...process.env, DRAIN_MILLIS: String(drainMillis) };
    const child = spawn(process.execPath, [script, this.store, String(this.port)], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    });
    children.push(child);
    this.#child = child;
    await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line");
    this.up = true;
  }

  /** SIGTERM. @returns how it ended and how long that took, in milliseconds */
  async stop(): Promise<{ code: unknown; signal: unknown; millis: number }> {
    const child = this.#child as ChildProcess;
    const began = Date.now();
    child.kill("SIGTERM");
    const [code, signal] = await once(child, "exit");
    return { code, signal, millis: Date.now() - began };
  }
}

/** What a load balancer does: the next node that is up; one that says it is going is left alone. */
function balanced(nodes: readonly Node[]): typeof fetch {
  let turn = 0;
  return async (input, init) => {
    for (let attempt = 0; ; attempt++) {
      const up = nodes.filter((node) => node.up);
      const node = up[turn++ % up.length];
      if (node === undefined || attempt > 200) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (attempt > 200) throw new Error("no node is up");
        continue;
      }
      const { pathname, search } = new URL(String(input));
      const response = await fetch(node.url + pathname + search, init).catch((error: Error) => {
        if ((error.cause as { code?: string }).code !== "ECONNREFUSED") throw error;
        node.up = false;
      });
      if (response && response.status !== 503) return response;
      node.up = false;
    }
  };
}

const message = (text: string) => ({
  messageId: crypto.randomUUID(),
  role: "ROLE_USER" as const,
  parts: [{ text }],
});
const expected = Array.from({ length: 20 }, (_, i) => `${i};`).join("");

/** Clients that send, wait and follow until told to stop; what went wrong, and every task they know. */
function load(client: Client) {
  const failures: unknown[] = [];
  const tasks = new Set<string>();
  let going = true;
  const again = async (act: () => Promise<void>) => {
    // What failed once has said enough.
    while (going && failures.length === 0) await act().catch((error: unknown) => failures.push(error));
  };
  const blocking = async () => {
    const { task } = await client.sendMessage({ message: message("short") });
    tasks.add(task?.id ?? "none");
  };
  const following = async (text: string) => {
    let id = "none";
    let seen = "";
    for await (const { task, artifactUpdate } of client.sendStreamingMessage({ message: message(text) })) {
      id = task?.id ?? id;
      // A snapshot stands for what came before it.
      if (task?.artifacts) seen = task.artifacts[0]?.parts[0]?.text ?? "";
      seen += artifactUpdate?.artifact.parts[0]?.text ?? "";
    }
    tasks.add(id);
    if (seen !== expected) failures.push(`${id} was shown as ${seen}`);
  };
  const leaving = async () => {
    const sent = { message: message("short"), configuration: { returnImmediately: true } };
    tasks.add((await client.sendMessage(sent)).task?.id ?? "none");
    await new Promise((resolve) => setTimeout(resolve, 30));
  };
  const loops = [
    blocking,
    blocking,
    leaving,
    () => following("short"),
    () => following("short"),
    () => following("long"),
  ];
  const over = Promise.all(loops.map(again));
  return {
    failures,
    tasks,
    stop: async () => {
      going = false;
      await over;
    },
  };
}

async function endured(client: Client, nodes: readonly Node[]): Promise<void> {
  const { failures, tasks, stop } = load(client);
  for (let cycle = 0; cycle < cycles; cycle++) {
    const node = nodes[cycle % nodes.length] as Node;
    await new Promise((resolve) => setTimeout(resolve, 700));
    const ended = await node.stop();
    expect(ended).toMatchObject({ code: 0, signal: null });
    // The end of the process itself takes a moment.
    expect(ended.millis).toBeLessThan(drainMillis + 1500);
    await node.start();
  }
  await stop();
  expect(failures).toEqual([]);
  expect(tasks.size).toBeGreaterThan(5 * cycles);
  for (const id of tasks) {
    await expect
      .poll(async () => (await client.getTask({ id })).status.state, { timeout: 20_000 })
      .toBe("TASK_STATE_COMPLETED");
    const { artifacts } = await client.getTask({ id });
    expect(artifacts?.[0]?.parts).toEqual([{ text: expected }]);
  }
}

describe("SIGTERM under load", () => {
  it("of one process, which comes back on its SQLite file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parley-drain-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const node = new Node(join(folder, "tasks.db"), await freePort());
    await node.start();
    await endured(await connect(node.url, { fetch: balanced([node]), resumes: 20 }), [node]);
  }, 120_000);

  it("twice: the process ends at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parley-drain-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const node = new Node(join(folder, "tasks.db"), await freePort());
    await node.start();
    const client = await connect(node.url);
    await client.sendMessage({ message: message("long"), configuration: { returnImmediately: true } });
    const ended = node.stop();
    await expect.poll(async () => (await fetch(`${node.url}/readyz`)).status).toBe(503);
    expect(await Promise.all([node.stop(), ended])).toMatchObject([
      { signal: "SIGTERM" },
      { signal: "SIGTERM" },
    ]);
  });

  describeWith("postgres", "of one of two nodes", () => {
    let database: RealServer;
    beforeAll(async () => {
      database = await startPostgres({ fsync: false });
    });
    afterAll(() => database?.remove());

    it("whose tasks the other goes on with", async () => {
      const nodes = [
        new Node(database.url, await freePort()),
        new Node(database.url, await freePort()),
      ] as const;
      for (const node of nodes) await node.start();
      await endured(await connect(nodes[0].url, { fetch: balanced(nodes), resumes: 20 }), nodes);
    }, 120_000);
  });
});
