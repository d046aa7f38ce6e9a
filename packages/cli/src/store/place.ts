/** Where `--store` says that tasks are kept. */
import { join } from "node:path";
import { type Config, withoutPassword } from "../config/index.js";
import type { Context } from "../context.js";
import { usage } from "../output/index.js";

/** Somewhere that outlives the process. */
export type LastingPlace = { readonly file: string } | { readonly url: string };

/** Undefined for memory. */
export type Place = LastingPlace | undefined;

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

/** @throws Failure A2ACLI_ERR_USAGE when nothing names a place, or one of memory */
export function lastingPlaceOf({ config }: Context): LastingPlace {
  const place = placeOf(config);
  if (place === undefined)
    throw usage("--store says where the agent keeps its tasks: a SQLite file, or postgres://…");
  return place;
}

/** A place as people may see it: a URL without its password. */
export function shown(place: Place): string {
  if (place === undefined) return "memory";
  if ("file" in place) return place.file;
  return withoutPassword(place.url);
}

/** The flag that was given, for a command to paste; without the password, which is not for screens. */
export function storeFlag({ config }: Context): string[] {
  const { source, value } = config.setting("store");
  return source === "flag" && typeof value === "string" ? ["--store", withoutPassword(value)] : [];
}
