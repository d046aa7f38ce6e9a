/** The store of an agent of one's own, opened by the tool itself. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Store } from "@parley/a2a/ports";
import type { Context } from "../context.js";
import { Failure, usage } from "../output/index.js";
import { lastingPlaceOf } from "./place.js";
import { schemaOf } from "./schema.js";

export interface Opening {
  /** Makes the store when it is not there. */
  readonly create?: boolean;
}

/**
 * Runs `work` with the store that --store names. A database is not brought to another version by this.
 * @throws Failure when there is none, or another process has it
 */
export async function withStore<T>(
  context: Context,
  work: (store: Store) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  const store = await toStore(context, opening);
  try {
    await store.open();
  } catch (error) {
    throw cannotOpen(error);
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** With what helps, where that is known. */
export function cannotOpen(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const busy = message.includes("in use by another Parley process");
  const hint = busy ? "A SQLite file belongs to one process at a time: stop the agent first." : undefined;
  return new Failure("A2ACLI_ERR_INTERNAL", message, { hint, cause: error });
}

async function toStore(context: Context, { create = false }: Opening): Promise<Store> {
  const place = lastingPlaceOf(context);
  if ("url" in place) {
    const schema = await schemaOf(context);
    const absent = create && (await schema.status()).version === 0;
    return (await import("@parley/a2a/postgres")).postgres(place.url, { migrate: absent });
  }
  const file = resolve(context.io.cwd, place.file);
  if (!create && !existsSync(file)) throw usage(`--store: there is no file ${place.file}`);
  return (await import("@parley/a2a/sqlite")).sqlite(file);
}
