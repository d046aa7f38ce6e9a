import type {
  Claim,
  ClaimedPlace,
  DeadLetter,
  Delivery,
  DeliveryQuery,
  Outbox,
  Progress,
} from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import type { MemoryPushConfigs } from "./push-configs.js";
import { ascending, type PushRow } from "./push-row.js";

/** How many dead letters are handed out at a time. */
const againLimit = 100;

/** The places of the configurations in memory. */
export class MemoryOutbox implements Outbox {
  readonly #configs: MemoryPushConfigs;

  constructor(configs: MemoryPushConfigs) {
    this.#configs = configs;
  }

  claim({ node, leaseMillis, limit, of }: Claim): readonly ClaimedPlace[] {
    const now = performance.now();
    const candidates =
      typeof of === "string" ? this.#configs.active : of.flatMap((id) => this.#configs.rows(id));
    const claimed: ClaimedPlace[] = [];
    for (const row of candidates) {
      if (claimed.length === limit) break;
      if (row.state !== "active" || row.held || (of === "due" && row.dueAt === undefined)) continue;
      const head = this.#configs.headOf(row.config.taskId);
      const taskSeq = head?.seq ?? 0;
      if (row.dueAt === undefined ? taskSeq <= row.seq : row.dueAt > now) continue;
      row.holder = { node, until: now + leaseMillis };
      const { config, seq, attempts, failing, error } = row;
      const again = [...row.again].sort(ascending).slice(0, againLimit);
      const ended = head !== undefined && isTerminal(head.state);
      claimed.push({ config, seq, attempts, failing, error, again, taskSeq, ended });
    }
    return claimed;
  }

  save(node: string, leaseMillis: number, batch: readonly Progress[]): readonly Progress[] {
    return batch.filter((progress) => {
      const row = this.#configs.row(progress.taskId, progress.configId);
      if (row?.holder?.node !== node) return true;
      row.save(progress);
      row.holder = progress.keep ? { node, until: performance.now() + leaseMillis } : undefined;
      if (progress.state !== "active") this.#configs.settle(row, progress.state);
      return false;
    });
  }

  deliveries({ taskId, troubled, limit, after }: DeliveryQuery): readonly Delivery[] {
    const rows = [...(taskId === undefined ? this.#configs.all() : this.#configs.rows(taskId))];
    const wanted = (row: PushRow) =>
      (after === undefined || compare(row.config, { taskId: after.taskId, id: after.configId }) > 0) &&
      (!troubled || row.dead.size > 0 || row.attempts > 0 || row.failing || row.state === "disabled");
    return rows
      .filter(wanted)
      .sort((a, b) => compare(a.config, b.config))
      .slice(0, limit)
      .map((row) => row.delivery(this.#configs.headOf(row.config.taskId)?.seq ?? 0));
  }

  deadLetters(taskId: string, configId: string, limit: number, after: number): readonly DeadLetter[] {
    const dead = this.#configs.row(taskId, configId)?.dead.values() ?? [];
    return [...dead]
      .filter(({ seq }) => seq > after)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit);
  }

  replay(taskId: string, configId: string, seqs?: readonly number[]): number {
    const row = this.#configs.row(taskId, configId);
    if (row === undefined) return 0;
    const wanted = (seqs ?? [...row.dead.keys()]).filter((seq) => row.dead.has(seq));
    for (const seq of wanted) row.again.add(seq);
    row.restart();
    this.#configs.activate(row);
    return wanted.length;
  }

  sweep(ageMillis: number): number {
    const old = performance.now() - ageMillis;
    const orphans = Array.from(this.#configs.active).filter(
      ({ madeAt, config }) => madeAt <= old && this.#configs.headOf(config.taskId) === undefined,
    );
    for (const { config } of orphans) this.#configs.delete(config.taskId, config.id);
    return orphans.length;
  }
}

interface Key {
  readonly taskId: string;
  readonly id: string;
}

function compare(a: Key, b: Key): number {
  if (a.taskId !== b.taskId) return a.taskId < b.taskId ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
