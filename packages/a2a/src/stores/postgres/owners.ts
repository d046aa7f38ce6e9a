/** The numbers of owners. They never change, so each is asked for once. */
import type { Append } from "../../ports/index.js";
import { keyOf, toIndexKey } from "./keys.js";
import { type Lanes, statement } from "./lanes.js";

const remembered = 10_000;

/** One that another node makes at the same moment is not seen yet. */
const numbers = statement<{ key: string; id: number }>(
  "owners",
  `WITH made AS (
     INSERT INTO owners (key, name) SELECT w.key, w.name FROM unnest($1::text[], $2::text[]) w (key, name)
     WHERE NOT EXISTS (SELECT FROM owners o WHERE o.key = w.key) ORDER BY w.key
     ON CONFLICT DO NOTHING RETURNING key, id
   )
   SELECT key, id FROM made UNION ALL SELECT o.key, o.id FROM owners o WHERE o.key = ANY($1::text[])`,
);

export class Owners {
  readonly #lanes: Lanes;
  readonly #known = new Map<string, number>();

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  /** The numbers of a batch's owners, in its order. Those that are not there are made. */
  async of(batch: readonly Append[]): Promise<number[]> {
    if (this.#known.size > remembered) this.#known.clear();
    const wanted = new Map<string, string>();
    for (const { head } of batch)
      if (!this.#known.has(head.owner)) wanted.set(toIndexKey(head.owner), head.owner);
    while (wanted.size > 0) {
      const keys = [...wanted.values()].map(keyOf);
      const rows = await this.#lanes.query(numbers, [
        keys.map(({ key }) => key),
        keys.map(({ name }) => name),
      ]);
      for (const { key, id } of rows) {
        this.#known.set(wanted.get(key) as string, id);
        wanted.delete(key);
      }
    }
    return batch.map(({ head }) => this.#known.get(head.owner) as number);
  }
}
