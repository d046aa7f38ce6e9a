import type { PushConfigs, StoredPushConfig } from "../../ports/index.js";

/** Push notification configurations in memory. */
export class MemoryPushConfigs implements PushConfigs {
  readonly #tasks = new Map<string, Map<string, StoredPushConfig>>();

  put(config: StoredPushConfig): void {
    const configs = this.#tasks.get(config.taskId);
    if (configs) configs.set(config.id, config);
    else this.#tasks.set(config.taskId, new Map([[config.id, config]]));
  }

  get(taskId: string, id: string): StoredPushConfig | undefined {
    return this.#tasks.get(taskId)?.get(id);
  }

  list(taskId: string): readonly StoredPushConfig[] {
    return [...(this.#tasks.get(taskId)?.values() ?? [])];
  }

  delete(taskId: string, id: string): void {
    const configs = this.#tasks.get(taskId);
    if (configs?.delete(id) && configs.size === 0) this.#tasks.delete(taskId);
  }

  taskIds(): readonly string[] {
    return [...this.#tasks.keys()];
  }

  /** All configurations of a removed task. */
  forget(taskId: string): void {
    this.#tasks.delete(taskId);
  }
}
