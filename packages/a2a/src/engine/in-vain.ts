import type { LiveTask } from "./live-task.js";

/** How often a run is begun again that gets no further. */
const tries = 3;

/** Runs that are begun again and again in vain: what the store does not take of them, it may never take. */
export class InVain {
  readonly #begun = new Map<string, { readonly seq: number; readonly times: number }>();

  /** To be asked when a task's run is about to begin again. @returns whether it is given up instead */
  givesUp({ id, seq }: LiveTask): boolean {
    const last = this.#begun.get(id);
    const times = last?.seq === seq ? last.times + 1 : 1;
    this.#begun.set(id, { seq, times });
    return times > tries;
  }

  /** The task got on. */
  forget(id: string): void {
    if (this.#begun.size > 0) this.#begun.delete(id);
  }
}
