/** The store of an agent of one's own, opened by the tool itself. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Delivery, Store } from "@parley/a2a/ports";
import type { Context } from "../context.js";
import { Failure, usage } from "../output/index.js";
import { placeOf } from "../serve/store.js";

/** Runs `work` with the store that --store names. @throws Failure when there is none, or another process has it */
export async function withStore<T>(context: Context, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await toStore(context);
  try {
    await store.open();
  } catch (error) {
    throw new Failure("A2ACLI_ERR_INTERNAL", error instanceof Error ? error.message : String(error), {
      hint: "A SQLite file belongs to one process at a time: stop the agent first.",
      cause: error,
    });
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function toStore({ config, io }: Context): Promise<Store> {
  const place = placeOf(config);
  if (place === undefined) throw usage("--store says where the agent keeps its tasks");
  if ("url" in place) return (await import("@parley/a2a/postgres")).postgres(place.url);
  const file = resolve(io.cwd, place.file);
  if (!existsSync(file)) throw usage(`--store: there is no file ${place.file}`);
  return (await import("@parley/a2a/sqlite")).sqlite(file);
}

const pageSize = 500;

/** All deliveries, page by page. */
export async function* allDeliveries(
  { outbox }: Store,
  query: { readonly taskId?: string | undefined; readonly troubled?: boolean },
): AsyncGenerator<Delivery> {
  for (let after: { taskId: string; configId: string } | undefined; ; ) {
    const page = await outbox.deliveries({ ...query, limit: pageSize, after });
    yield* page;
    const last = page.at(-1)?.config;
    if (last === undefined || page.length < pageSize) return;
    after = { taskId: last.taskId, configId: last.id };
  }
}
