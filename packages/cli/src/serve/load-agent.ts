/** Loads a user's module, TypeScript or JavaScript, and finds the agent in it. */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Agent } from "@parley/a2a";
import { createJiti } from "jiti";
import { Failure, usage } from "../output/index.js";

/** The parts of the SDK that serve an agent: of the copy the agent was built with, for it only knows its own. */
export interface Sdk {
  readonly node: typeof import("@parley/a2a/node");
  readonly auth: typeof import("@parley/a2a/auth");
  readonly compat: typeof import("@parley/a2a/compat");
  readonly sqlite: () => Promise<typeof import("@parley/a2a/sqlite")>;
  readonly postgres: () => Promise<typeof import("@parley/a2a/postgres")>;
  readonly nats: () => Promise<typeof import("@parley/a2a/nats")>;
}

export interface LoadedAgent {
  readonly agent: Agent;
  readonly sdk: Sdk;
}

/** @throws Failure A2ACLI_ERR_USAGE when there is no such file or no agent in it; A2ACLI_ERR_INTERNAL when it throws */
export async function loadAgent(path: string): Promise<LoadedAgent> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw usage(`there is no file ${path}`);
  if (!there.isFile()) throw usage(`${path} is not a file`);
  const installed = resolveFrom(path);
  try {
    const exported = await load(path, installed);
    return { agent: agentOf(exported, path), sdk: await sdkFrom(installed) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure("A2ACLI_ERR_INTERNAL", `${path} cannot be loaded: ${reason}`, {
      hint: "Add --debug to see where it fails.",
      cause: error,
    });
  }
}

type Resolve = (specifier: string) => string;

/** How the module itself finds the SDK; undefined when it has not installed it. */
function resolveFrom(path: string): Resolve | undefined {
  const { resolve } = createRequire(path);
  try {
    resolve("@parley/a2a");
    return resolve;
  } catch {
    return undefined;
  }
}

/** JavaScript with its own SDK runs as it is; everything else goes through jiti, which leaves the SDK itself to Node. */
function load(path: string, installed: Resolve | undefined): Promise<unknown> {
  if (installed !== undefined && /\.m?js$/.test(path)) return import(pathToFileURL(path).href);
  const own: Resolve = (specifier) => fileURLToPath(import.meta.resolve(specifier));
  return createJiti(import.meta.url, {
    alias: exportsOf(installed ?? own),
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  }).import(path);
}

/** Where everything is that a copy of the SDK exports, by the name it is imported by. */
function exportsOf(resolve: Resolve): Record<string, string> {
  const manifest = new URL("../package.json", pathToFileURL(resolve("@parley/a2a")));
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { exports: object };
  const names = Object.keys(exports).map((subpath) => `@parley/a2a${subpath.slice(1)}`);
  return Object.fromEntries(names.map((name) => [name, resolve(name)]));
}

async function sdkFrom(resolve: Resolve | undefined): Promise<Sdk> {
  if (resolve === undefined)
    return {
      node: await import("@parley/a2a/node"),
      auth: await import("@parley/a2a/auth"),
      compat: await import("@parley/a2a/compat"),
      sqlite: () => import("@parley/a2a/sqlite"),
      postgres: () => import("@parley/a2a/postgres"),
      nats: () => import("@parley/a2a/nats"),
    };
  const from = (specifier: string) => import(pathToFileURL(resolve(specifier)).href);
  return {
    node: await from("@parley/a2a/node"),
    auth: await from("@parley/a2a/auth"),
    compat: await from("@parley/a2a/compat"),
    sqlite: () => from("@parley/a2a/sqlite"),
    postgres: () => from("@parley/a2a/postgres"),
    nats: () => from("@parley/a2a/nats"),
  };
}

/** @throws Failure A2ACLI_ERR_USAGE */
function agentOf(exported: unknown, path: string): Agent {
  const { default: byDefault, agent } = Object(exported) as { default?: unknown; agent?: unknown };
  for (const candidate of [byDefault, agent]) if (isAgent(candidate)) return candidate;
  throw usage(
    `${path} exports no agent`,
    "Write: export default defineAgent({ … }), or export const agent = ….",
  );
}

function isAgent(value: unknown): value is Agent {
  if (typeof value !== "object" || value === null || !("card" in value)) return false;
  return "execute" in value || "reply" in value;
}
