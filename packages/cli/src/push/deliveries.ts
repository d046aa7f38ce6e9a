/** What waits for delivery in a store, or was given up. */
import type { Delivery, Store } from "@parley/a2a/ports";

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
