/** What does not hold, and whose fault that is: known.json, and what a run says about it. */
import type { Binding } from "./peers.js";

/** One try: a cell between a client and a server over a binding. */
export interface Place {
  readonly client: string;
  readonly server: string;
  readonly binding: Binding;
  readonly cell: string;
}

export interface Outcome extends Place {
  /** Why it does not hold; undefined when it does. */
  readonly failure?: string;
}

/** Cells that fail for one reason. */
export interface Known {
  readonly client: string;
  readonly server: string;
  readonly bindings: readonly Binding[];
  readonly cells: readonly string[];
  readonly fault: "peer" | "parley" | "specification";
  readonly why: string;
}

export const nameOf = ({ client, server, binding, cell }: Place): string =>
  `${client} → ${server}, ${binding}, ${cell}`;

/** The entry a place is listed in. */
export function knownFor(
  known: readonly Known[],
  { client, server, binding, cell }: Place,
): Known | undefined {
  return known.find(
    (entry) =>
      entry.client === client &&
      entry.server === server &&
      entry.bindings.includes(binding) &&
      entry.cells.includes(cell),
  );
}

/**
 * Everything that is wrong with a run, one line each: cells that fail and are not listed, entries that hold by now,
 * and entries that name what does not exist.
 *
 * @param places All there are, also those that were not tried in this run.
 */
export function complaints(
  outcomes: readonly Outcome[],
  known: readonly Known[],
  places: readonly Place[],
): string[] {
  const names = new Set(places.map(nameOf));
  const stale = known.flatMap(({ client, server, bindings, cells }) =>
    bindings
      .flatMap((binding) => cells.map((cell) => nameOf({ client, server, binding, cell })))
      .filter((name) => !names.has(name))
      .map((name) => `known.json names what there is not: ${name}`),
  );
  const unexpected = outcomes.flatMap((outcome) => {
    const entry = knownFor(known, outcome);
    if (outcome.failure !== undefined && !entry) return [`fails: ${nameOf(outcome)}: ${outcome.failure}`];
    if (outcome.failure === undefined && entry) {
      return [`holds, but known.json says it does not (${entry.why}): ${nameOf(outcome)}`];
    }
    return [];
  });
  return [...stale, ...unexpected];
}
