/** Where `--store` says that tasks are kept, and how nodes that share a database tell each other news. */
import { join, resolve } from "node:path";
import type { ServeOptions } from "@parley/a2a/node";
import { type Config, withoutPassword } from "../config/index.js";
import type { Io } from "../io.js";
import { usage } from "../output/index.js";
import type { Sdk } from "./load-agent.js";

/** Undefined for memory. */
export type Place = { readonly file: string } | { readonly url: string } | undefined;

/** @throws Failure A2ACLI_ERR_USAGE for a URL of anything but PostgreSQL */
export function placeOf(config: Config): Place {
  const chosen = config.get("store");
  const folder = config.get("data-dir");
  if (chosen === "memory" || (chosen === undefined && folder === undefined)) return undefined;
  if (chosen === undefined || chosen === "sqlite") return { file: join(folder ?? ".parley", "tasks.db") };
  if (/^postgres(ql)?:\/\//.test(chosen)) return { url: chosen };
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(chosen)?.[1];
  if (scheme !== undefined)
    throw usage(`--store: ${scheme}: is no store; expected memory, sqlite, a file or postgres://…`);
  return { file: chosen };
}

/** A place as people may see it: a URL without its password. */
export function shown(place: Place): string {
  if (place === undefined) return "memory";
  if ("file" in place) return place.file;
  return withoutPassword(place.url);
}

/** @throws Failure A2ACLI_ERR_USAGE */
export async function toStore(
  config: Config,
  io: Io,
  sdk: Sdk,
): Promise<Pick<ServeOptions, "store" | "bus">> {
  const place = placeOf(config);
  const bus = config.get("bus");
  if (bus !== undefined && !(place && "url" in place))
    throw usage("--bus is for nodes that share a store: name it with --store postgres://…");
  if (place === undefined) return {};
  if ("file" in place) return { store: (await sdk.sqlite()).sqlite(resolve(io.cwd, place.file)) };
  const { postgres } = await sdk.postgres();
  const store = postgres(place.url);
  if (bus === undefined || /^postgres(ql)?:\/\//.test(bus)) return { store };
  if (!/^(nats|tls):\/\//.test(bus))
    throw usage("--bus: expected nats://host:port, or tls:// for NATS with TLS");
  const { natsBus } = await sdk.nats();
  return { store, bus: natsBus(bus) };
}
