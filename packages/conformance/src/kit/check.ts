/** What a check is: one requirement of the specification, and how to see whether an agent holds it. */
import type { Exchange } from "./wire/exchange.js";

export type Level = "MUST" | "SHOULD" | "MAY";

/** One requirement. `S` is what it looks at: a card, or one interface of an agent. */
export interface Check<S> {
  /** Area and name: `tasks.unique-ids`. */
  readonly id: string;
  /** Section of the specification, of the version that the interface speaks. */
  readonly section: string;
  readonly level: Level;
  /** The requirement in our words. */
  readonly says: string;
  /** The bindings it is about; all unless told. */
  readonly on?: readonly string[];
  /** Why none of the checks after it can be made where it fails. */
  readonly gate?: string;
  /** @throws Failed, Untested; whatever else it throws is a failure as well */
  readonly run: (subject: S) => Promise<void>;
}

type Row = <S>(
  id: string,
  section: string,
  says: string,
  run: (subject: S) => Promise<void>,
  on?: readonly string[],
) => Check<S>;

const of =
  (level: Level): Row =>
  (id, section, says, run, on) => ({ id, section, level, says, run, ...(on && { on }) });

export const must = of("MUST");
export const should = of("SHOULD");
export const may = of("MAY");

/** The agent does not hold the requirement. */
export class Failed extends Error {
  /**
   * @param expected What should have come back.
   * @param got What was wrong with what came, where the exchange does not show it.
   */
  constructor(
    readonly expected: string,
    readonly exchange: Exchange | undefined,
    readonly got?: string,
  ) {
    super(expected);
    this.name = "Failed";
  }
}

/** The agent gave no opportunity to see it. */
export class Untested extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = "Untested";
  }
}

/** @throws Failed unless it is so */
export function ensure(holds: boolean, expected: string, exchange?: Exchange, got?: string): asserts holds {
  if (!holds) throw new Failed(expected, exchange, got);
}

/** @throws Untested unless it is so */
export function need(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Untested(reason);
}
