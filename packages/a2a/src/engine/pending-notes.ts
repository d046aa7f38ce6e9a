/** The notes of a task on their way into the store: those that wait for the next commit, and those in the one under way. */
import type { Note } from "../ports/index.js";
import type { A2AError } from "../protocol/index.js";

interface Pending {
  readonly note: Note;
  resolve(): void;
  reject(error: A2AError): void;
}

export class PendingNotes {
  #waiting: Pending[] = [];
  #committing: Pending[] = [];

  /** Resolves when the note is durable. */
  add(note: Note): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ note, resolve, reject });
    });
  }

  /** Hands over what waits, to be committed. */
  take(): readonly Note[] {
    this.#committing = this.#waiting;
    this.#waiting = [];
    return this.#committing.map(({ note }) => note);
  }

  /** What was handed over is to be taken again. */
  putBack(): void {
    this.#waiting = [...this.#committing, ...this.#waiting];
    this.#committing = [];
  }

  committed(): void {
    for (const { resolve } of this.#committing.splice(0)) resolve();
  }

  reject(error: A2AError): void {
    for (const { reject } of [...this.#committing.splice(0), ...this.#waiting.splice(0)]) reject(error);
  }

  get empty(): boolean {
    return this.#waiting.length === 0 && this.#committing.length === 0;
  }
}
