/** The tasks of one owner or of one context, a timeline per state: counters are sizes, and a page is a merge. */
import type { ListPage, ListQuery, TaskHead } from "../../ports/index.js";
import { isTerminal, type TaskState } from "../../protocol/index.js";
import { follows, headOf, type Place, type TaskRecord } from "./record.js";
import { Timeline } from "./timeline.js";

interface Shelf {
  readonly state: TaskState;
  readonly timeline: Timeline;
}

export class Group {
  readonly owner: string;
  readonly #shelves: Shelf[] = [];

  constructor(owner: string) {
    this.owner = owner;
  }

  get empty(): boolean {
    return this.#shelves.every(({ timeline }) => timeline.size === 0);
  }

  add(record: TaskRecord): this {
    const shelf = this.#shelf(record.state);
    // One string for all of them, wherever this one came from.
    record.state = shelf.state;
    shelf.timeline.add(record);
    return this;
  }

  delete(record: TaskRecord): void {
    this.#shelf(record.state).timeline.delete(record);
  }

  #shelf(state: TaskState): Shelf {
    for (const shelf of this.#shelves) if (shelf.state === state) return shelf;
    const shelf = { state, timeline: new Timeline() };
    this.#shelves.push(shelf);
    return shelf;
  }

  /** All tasks in a state. */
  *in(state: TaskState): Generator<TaskRecord> {
    for (const shelf of this.#shelves) if (shelf.state === state) yield* shelf.timeline.from(undefined);
  }

  /** How many have ended. */
  get ended(): number {
    return this.#ends.reduce((sum, { timeline }) => sum + timeline.size, 0);
  }

  /** The oldest tasks that have ended, from the one after `place` on, at most `limit`. */
  oldestEnded(place: Place | undefined, limit: number): TaskRecord[] {
    const oldest = this.#ends.flatMap(({ timeline }) => timeline.before(place, limit));
    return oldest.sort((a, b) => (follows(a, b) ? -1 : 1)).slice(0, limit);
  }

  get #ends(): Shelf[] {
    return this.#shelves.filter(({ state }) => isTerminal(state));
  }

  page({ state, since, limit, after }: Omit<ListQuery, "owner" | "contextId">): ListPage {
    const shelves =
      state === undefined ? this.#shelves : this.#shelves.filter((shelf) => shelf.state === state);
    let totalSize = 0;
    for (const { timeline } of shelves)
      totalSize += since === undefined ? timeline.size : timeline.countSince(since);
    const heads: TaskHead[] = [];
    for (const record of merge(shelves.map(({ timeline }) => timeline.from(after)))) {
      if (since !== undefined && record.statusMillis < since) break;
      if (heads.length === limit) return { heads, more: true, totalSize };
      heads.push(headOf(record));
    }
    return { heads, more: false, totalSize };
  }
}

/** Several ordered sequences as one. */
function* merge(sequences: Iterator<TaskRecord, undefined>[]): Generator<TaskRecord> {
  const fronts = sequences.map((sequence) => sequence.next().value);
  for (;;) {
    let first = -1;
    for (let i = 0; i < fronts.length; i++) {
      const front = fronts[i];
      if (front && (first < 0 || follows(fronts[first] as TaskRecord, front))) first = i;
    }
    if (first < 0) return;
    yield fronts[first] as TaskRecord;
    fronts[first] = sequences[first]?.next().value;
  }
}
