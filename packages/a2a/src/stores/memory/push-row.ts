import type { DeadLetter, Delivery, PlaceState, Progress, StoredPushConfig } from "../../ports/index.js";

/** One push notification configuration and how far its deliveries have come. */
export class PushRow {
  readonly madeAt = performance.now();
  state: PlaceState = "active";
  attempts = 0;
  failing = false;
  error: string | undefined;
  /** When to look at it again, by `performance.now()`. */
  dueAt: number | undefined;
  holder: { readonly node: string; readonly until: number } | undefined;
  readonly dead = new Map<number, DeadLetter>();
  /** Dead letters that are to be sent once more. */
  readonly again = new Set<number>();

  constructor(
    public config: StoredPushConfig,
    public seq: number,
  ) {}

  get held(): boolean {
    return this.holder !== undefined && this.holder.until > performance.now();
  }

  /** Without its failures, due now and nobody's. */
  restart(): void {
    this.attempts = 0;
    this.failing = false;
    this.error = undefined;
    this.dueAt = performance.now();
    this.holder = undefined;
  }

  save({ seq, attempts, failing, error, dueInMillis, dead, delivered }: Progress): void {
    Object.assign(this, { seq, attempts, failing, error });
    this.dueAt = dueInMillis === undefined ? undefined : performance.now() + dueInMillis;
    for (const letter of dead) {
      const before = this.dead.get(letter.seq)?.attempts ?? 0;
      this.dead.set(letter.seq, { ...letter, attempts: before + letter.attempts });
      this.again.delete(letter.seq);
    }
    for (const seq of delivered) {
      this.dead.delete(seq);
      this.again.delete(seq);
    }
  }

  delivery(taskSeq: number): Delivery {
    const { config, state, seq, attempts, failing, error, dueAt } = this;
    return {
      config,
      state,
      seq,
      attempts,
      failing,
      error,
      waiting: Math.max(0, taskSeq - seq),
      dueInMillis: dueAt === undefined ? undefined : dueAt - performance.now(),
      deadLetters: this.dead.size,
    };
  }
}

/** By number. */
export const ascending = (a: number, b: number): number => a - b;
