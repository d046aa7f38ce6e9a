import type { PushConfigs, StoredPushConfig, TaskHead } from "../../ports/index.js";
import { isTerminal } from "../../protocol/index.js";
import { PushRow } from "./push-row.js";

export interface MemoryPushOptions {
  /** The task's head, if there is such a task. */
  readonly headOf: (taskId: string) => TaskHead | undefined;
  /** Called when none of a task's configurations waits for its entries any more. */
  readonly settled: (taskId: string) => void;
}

/** Push notification configurations in memory, each with its place. */
export class MemoryPushConfigs implements PushConfigs {
  readonly #tasks = new Map<string, Map<string, PushRow>>();
  readonly #options: MemoryPushOptions;
  /** The rows that are active, in the order in which they came to be so. */
  readonly active = new Set<PushRow>();

  constructor(options: MemoryPushOptions) {
    this.#options = options;
  }

  headOf(taskId: string): TaskHead | undefined {
    return this.#options.headOf(taskId);
  }

  put(config: StoredPushConfig): void {
    const { taskId, id } = config;
    const rows = this.#tasks.get(taskId) ?? new Map<string, PushRow>();
    this.#tasks.set(taskId, rows);
    const row = rows.get(id);
    if (row) {
      row.config = config;
      row.restart();
      if (row.state !== "done") this.activate(row);
      return;
    }
    const head = this.headOf(taskId);
    const made = new PushRow(config, head?.seq ?? 0);
    rows.set(id, made);
    if (head && isTerminal(head.state)) made.state = "done";
    else this.activate(made);
  }

  get(taskId: string, id: string): StoredPushConfig | undefined {
    return this.row(taskId, id)?.config;
  }

  list(taskId: string): readonly StoredPushConfig[] {
    return this.rows(taskId).map(({ config }) => config);
  }

  delete(taskId: string, id: string): void {
    const rows = this.#tasks.get(taskId);
    const row = rows?.get(id);
    if (!rows || !row) return;
    rows.delete(id);
    if (rows.size === 0) this.#tasks.delete(taskId);
    this.settle(row, "done");
  }

  taskIds(): readonly string[] {
    return [...new Set(Array.from(this.active, ({ config }) => config.taskId))];
  }

  row(taskId: string, id: string): PushRow | undefined {
    return this.#tasks.get(taskId)?.get(id);
  }

  rows(taskId: string): readonly PushRow[] {
    return [...(this.#tasks.get(taskId)?.values() ?? [])];
  }

  all(): readonly PushRow[] {
    return [...this.#tasks.values()].flatMap((rows) => [...rows.values()]);
  }

  /** Whether entries of a task are still to be sent. */
  waits(taskId: string): boolean {
    const rows = this.#tasks.get(taskId);
    return rows !== undefined && [...rows.values()].some((row) => row.state === "active");
  }

  activate(row: PushRow): void {
    row.state = "active";
    this.active.add(row);
  }

  settle(row: PushRow, state: "done" | "disabled"): void {
    row.state = state;
    this.active.delete(row);
    if (!this.waits(row.config.taskId)) this.#options.settled(row.config.taskId);
  }

  /** All configurations of a removed task. */
  forget(taskId: string): void {
    for (const row of this.rows(taskId)) this.active.delete(row);
    this.#tasks.delete(taskId);
  }
}
