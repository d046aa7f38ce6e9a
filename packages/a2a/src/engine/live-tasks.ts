/**
 * The live records by id: a hash table chained through the records themselves. A `Map` that entries enter and leave
 * all the time outgrows its table again and again, and each old table keeps the next one and all it held until a full
 * garbage collection: that cost a third of an echo.
 */
import type { LiveTask } from "./live-task.js";

const buckets = 1024;

export class LiveTasks {
  readonly #first = new Array<LiveTask | undefined>(buckets).fill(undefined);

  get(id: string): LiveTask | undefined {
    let live = this.#first[bucketOf(id)];
    while (live !== undefined && live.id !== id) live = live.next;
    return live;
  }

  /** @param live Of an id that is not there. */
  add(live: LiveTask): void {
    const bucket = bucketOf(live.id);
    live.next = this.#first[bucket];
    this.#first[bucket] = live;
  }

  /** Takes out this very record, if it is there. */
  delete(live: LiveTask): void {
    const bucket = bucketOf(live.id);
    let before: LiveTask | undefined;
    let at = this.#first[bucket];
    while (at !== undefined && at !== live) [before, at] = [at, at.next];
    if (at === undefined) return;
    if (before === undefined) this.#first[bucket] = live.next;
    else before.next = live.next;
    live.next = undefined;
  }

  /** All of them; the caller may take out those it has been given. */
  all(): LiveTask[] {
    const all: LiveTask[] = [];
    for (let live of this.#first) for (; live !== undefined; live = live.next) all.push(live);
    return all;
  }
}

/** Ids end in random digits. */
function bucketOf(id: string): number {
  let hash = 0;
  for (let at = Math.max(0, id.length - 4); at < id.length; at++) hash = 31 * hash + id.charCodeAt(at);
  return hash % buckets;
}
