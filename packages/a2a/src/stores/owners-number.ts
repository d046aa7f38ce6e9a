import type { OwnersNumber } from "../ports/index.js";

/** The owner's number; undefined where its tasks stay as they are. */
export const numberOf = (numbers: OwnersNumber, owner: string): number | undefined =>
  typeof numbers === "number" ? numbers : numbers.of(owner);

export const leastOf = (numbers: OwnersNumber): number =>
  typeof numbers === "number" ? numbers : numbers.least;
