/**
 * The memory store: tasks live as long as the process. Applications hand `memory()` to a server, which
 * uses one by default; the engine calls it through the ports. Ended tasks are packed: after a delay, and once no
 * webhook waits for them, their entries are folded into the Task's JSON; resuming a stream then begins with a
 * snapshot. It runs on any platform and needs nothing from it but a timer.
 */
import type { Store } from "../../ports/index.js";
import type { FoldingOptions } from "./folding.js";
import { MemoryIdempotency } from "./idempotency.js";
import { MemoryJournal } from "./journal.js";
import { MemoryOutbox } from "./outbox.js";
import { MemoryPushConfigs } from "./push-configs.js";
import { MemoryRetention } from "./retention.js";

export interface MemoryOptions {
  /** When the entries of an ended task are folded away; 10 s and 1,000 tasks unless told. */
  readonly folding?: Partial<FoldingOptions>;
}

/** A store that keeps everything in memory. */
export function memory(options: MemoryOptions = {}): Store {
  const pushConfigs: MemoryPushConfigs = new MemoryPushConfigs({
    headOf: (taskId) => journal.head(taskId),
    settled: (taskId) => journal.settled(taskId),
  });
  const journal: MemoryJournal = new MemoryJournal(
    { delayMillis: 10_000, keep: 1000, ...options.folding },
    {
      waits: (taskId) => pushConfigs.waits(taskId),
      removed(taskId) {
        pushConfigs.forget(taskId);
        idempotency.forget(taskId);
      },
    },
  );
  const outbox = new MemoryOutbox(pushConfigs);
  const idempotency = new MemoryIdempotency({ hasTask: (id) => journal.head(id) !== undefined });
  const retention = new MemoryRetention(journal, (taskId) => pushConfigs.waits(taskId));
  return {
    journal,
    pushConfigs,
    outbox,
    idempotency,
    retention,
    open() {},
    close: () => journal.close(),
    ping() {},
  };
}
