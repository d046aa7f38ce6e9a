/** Where a fault happens: everything it starts is stopped at its end, whatever way that comes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RealServer, serverMissing, startNats, startPostgres } from "@parley/servers";
import { Unable } from "../fault.js";
import type { NodeSettings } from "../node/settings.js";
import { NodeProcess } from "./node-process.js";
import { Random } from "./random.js";

export interface SceneOptions {
  readonly short: boolean;
  readonly seed: number;
  /** What is wrong with the build that is tested; nothing unless told. */
  readonly broken?: string | undefined;
  /** Says how far it is. */
  readonly say: (line: string) => void;
}

export class Scene {
  readonly broken: string | undefined;
  readonly random: Random;
  readonly say: (line: string) => void;
  readonly #short: boolean;
  readonly #stops: (() => unknown)[] = [];
  readonly #nodes = new Set<NodeProcess>();
  #folder: Promise<string> | undefined;
  #database: Promise<RealServer> | undefined;

  constructor({ short, seed, broken, say }: SceneOptions) {
    this.#short = short;
    this.random = new Random(seed);
    this.broken = broken;
    this.say = say;
  }

  /** How much of something: in full, or in the short form. A broken build is always looked at in short. */
  size(full: number, short: number): number {
    return this.#short || this.broken !== undefined ? short : full;
  }

  /** What was started last is stopped first. */
  atEnd(stop: () => unknown): void {
    this.#stops.unshift(stop);
  }

  folder(): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), "parley-faults-")).then((folder) => {
      this.atEnd(() => rm(folder, { recursive: true, force: true }));
      return folder;
    });
    return this.#folder;
  }

  /** @throws Unable */
  postgres(): Promise<RealServer> {
    this.#database ??= this.#start("postgres", () => startPostgres({ settings: { max_connections: "300" } }));
    return this.#database;
  }

  /** @throws Unable */
  nats(): Promise<RealServer> {
    return this.#start("nats", startNats);
  }

  async #start(name: "postgres" | "nats", start: () => Promise<RealServer>): Promise<RealServer> {
    const missing = serverMissing(name);
    if (missing) throw new Unable(missing);
    const server = await start();
    this.atEnd(() => server.remove());
    return server;
  }

  /** A node that is up. It gets the scene's broken part. */
  async node(settings: NodeSettings, environment?: NodeJS.ProcessEnv): Promise<NodeProcess> {
    const node = new NodeProcess({ ...settings, broken: this.broken }, environment);
    this.#nodes.add(node);
    await node.ready();
    return node;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#nodes].map((node) => node.kill()));
    for (const stop of this.#stops.splice(0)) {
      try {
        await stop();
      } catch (error) {
        this.say(`could not be stopped: ${error}`);
      }
    }
  }
}
