/** Gives up on request bodies that do not arrive in time. One coarse timer for all: a timer per request costs too much. */
import { A2AError } from "../../protocol/index.js";

type Fail = (error: A2AError) => void;

export class SlowBodies {
  readonly #timeout: number;
  /** Bodies under way with the time they began, oldest first. */
  readonly #waiting = new Map<Fail, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param timeout Milliseconds a body may take. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  watch(fail: Fail): void {
    this.#waiting.set(fail, performance.now());
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(10, this.#timeout / 10)).unref();
  }

  done(fail: Fail): void {
    this.#waiting.delete(fail);
  }

  #sweep(): void {
    const oldest = performance.now() - this.#timeout;
    for (const [fail, began] of this.#waiting) {
      if (began > oldest) return;
      fail(new A2AError("REQUEST_TIMEOUT", "The request body did not arrive in time"));
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
