/** Loads a user's module, TypeScript or JavaScript, and finds the agent in it. */
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Agent } from "@parley/a2a";
import { createJiti } from "jiti";
import { Failure, usage } from "../output/index.js";

/** Subpaths of the SDK; a module that has not installed it gets the copy of this tool. */
const sdk = [
  "",
  "/client",
  "/protocol",
  "/codec",
  "/ports",
  "/auth",
  "/memory",
  "/sqlite",
  "/outgoing",
  "/node",
  "/fetch",
];

/** @throws Failure A2ACLI_ERR_USAGE when there is no such file or no agent in it; A2ACLI_ERR_INTERNAL when it throws */
export async function loadAgent(path: string): Promise<Agent> {
  if (!existsSync(path)) throw usage(`${path} does not exist`);
  let exported: unknown;
  try {
    exported = await load(path);
  } catch (error) {
    throw new Failure(
      "A2ACLI_ERR_INTERNAL",
      `${path} cannot be loaded: ${error instanceof Error ? error.message : error}`,
      {
        hint: "Add --debug to see where it fails.",
        cause: error,
      },
    );
  }
  const { default: byDefault, agent } = Object(exported) as { default?: unknown; agent?: unknown };
  for (const candidate of [byDefault, agent]) if (isAgent(candidate)) return candidate;
  throw usage(
    `${path} exports no agent`,
    "Write: export default defineAgent({ … }), or export const agent = ….",
  );
}

/** JavaScript runs as it is; TypeScript goes through jiti, which leaves the SDK to Node, so that there is one copy of it. */
function load(path: string): Promise<unknown> {
  if (/\.m?js$/.test(path)) return import(pathToFileURL(path).href);
  const alias = Object.fromEntries(
    sdk.map((subpath) => [
      `@parley/a2a${subpath}`,
      fileURLToPath(import.meta.resolve(`@parley/a2a${subpath}`)),
    ]),
  );
  return createJiti(import.meta.url, {
    alias,
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  }).import(path);
}

function isAgent(value: unknown): value is Agent {
  if (typeof value !== "object" || value === null || !("card" in value)) return false;
  return "execute" in value || "reply" in value;
}
