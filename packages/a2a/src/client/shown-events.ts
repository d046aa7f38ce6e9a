/** What a stream that was resumed has shown, so that a replay is not taken for progress. */
import type { StreamResponse } from "../protocol/index.js";

/** Past this many events without numbers nothing counts as new any more. */
const printsLimit = 100_000;

/** The number that an event's id is, if it is one: numbers grow along a stream. */
export const numberOf = (id: string | undefined): number | undefined =>
  id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined;

export class ShownEvents {
  #furthest: number;
  /** Of events without numbers. */
  readonly #prints = new Set<number>();

  constructor(lastEventId: string | undefined) {
    this.#furthest = numberOf(lastEventId) ?? -1;
  }

  /** Whether the event was not shown before; takes note of it. */
  add({ id, response }: { readonly id: string | undefined; readonly response: StreamResponse }): boolean {
    const number = numberOf(id);
    if (number !== undefined) {
      const isNew = number > this.#furthest;
      if (isNew) this.#furthest = number;
      return isNew;
    }
    const print = fingerprint(JSON.stringify(response));
    if (this.#prints.has(print) || this.#prints.size >= printsLimit) return false;
    this.#prints.add(print);
    return true;
  }
}

/** FNV-1a: for two events that differ to be taken for one costs an attempt at most. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
