/** A promise, and how it is put to the test. */
import type { Scene } from "./rig/scene.js";

export interface Fault {
  /** For `--only`. */
  readonly name: string;
  readonly promise: string;
  readonly target: string;
  /** Builds that break the promise, in words: `scene.broken` is one of them, and the fault must find it out. */
  readonly broken: readonly string[];
  /** @throws Unable when this machine cannot do it */
  run(scene: Scene): Promise<Outcome>;
}

export interface Outcome {
  /** What was measured, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Each way in which the promise did not hold; empty when it holds. */
  readonly wrong: readonly string[];
}

/** Something is missing on this machine; the message says what. */
export class Unable extends Error {}
