/**
 * Tasks of one state in the order of lists, in blocks: finding, inserting and deleting cost the same
 * wherever the place is, so a clock that stands still or steps back only costs what it must.
 */
import { follows, type Place, type TaskRecord } from "./record.js";

const blockSize = 512;

export class Timeline {
  /** Last listed first, so that new tasks go to the end. No block is empty. */
  readonly #blocks: TaskRecord[][] = [];
  size = 0;

  add(record: TaskRecord): void {
    this.size++;
    const last = this.#blocks.at(-1);
    if (last === undefined || follows(last.at(-1) as TaskRecord, record)) {
      if (last === undefined || last.length >= blockSize) this.#blocks.push([record]);
      else last.push(record);
      return;
    }
    const [b, i] = this.#find(record);
    const block = this.#blocks[b] as TaskRecord[];
    block.splice(i, 0, record);
    if (block.length > blockSize) this.#blocks.splice(b + 1, 0, block.splice(blockSize / 2));
  }

  delete(record: TaskRecord): void {
    const [b, i] = this.#find(record);
    const block = this.#blocks[b];
    if (block?.[i] !== record) throw new Error(`Task ${record.id} is not where its index says`);
    this.size--;
    if (block.length === 1) this.#blocks.splice(b, 1);
    else block.splice(i, 1);
  }

  /** How many have a status as new as this or newer. */
  countSince(statusMillis: number): number {
    const [b, i] = this.#find({ statusMillis: statusMillis - 1, id: "" });
    let count = -i;
    for (let at = b; at < this.#blocks.length; at++) count += (this.#blocks[at] as TaskRecord[]).length;
    return count;
  }

  /** Tasks in the order of lists, from the first after a place. */
  *from(after: Place | undefined): Generator<TaskRecord, undefined> {
    const [b, i] = after ? this.#find(after) : [this.#blocks.length, 0];
    for (let at = b, end = i; at >= 0; end = Number.POSITIVE_INFINITY) {
      const block = this.#blocks[at--] ?? [];
      for (let k = Math.min(end, block.length) - 1; k >= 0; k--) yield block[k] as TaskRecord;
    }
    return undefined;
  }

  /** The tasks listed right before a place, the nearest first; from the last listed on without one. At most `limit`. */
  before(place: Place | undefined, limit: number): TaskRecord[] {
    const [b, i] = place ? this.#find(place) : [0, 0];
    const found: TaskRecord[] = [];
    for (let at = b, from = i; at < this.#blocks.length && found.length <= limit; at++, from = 0)
      found.push(...(this.#blocks[at] as TaskRecord[]).slice(from, from + limit + 1));
    if (place && found[0] && !follows(place, found[0])) found.shift();
    return found.slice(0, limit);
  }

  /** Where a place is or would be: the first record that is not listed after it. */
  #find(place: Place): [block: number, index: number] {
    const b = firstNot(this.#blocks.length, (at) => follows(this.#blocks[at]?.at(-1) as TaskRecord, place));
    const block = this.#blocks[b] ?? [];
    return [b, firstNot(block.length, (at) => follows(block[at] as TaskRecord, place))];
  }
}

/** The first index of which `test` does not hold, where it holds up to some index and then no more. */
function firstNot(length: number, test: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
