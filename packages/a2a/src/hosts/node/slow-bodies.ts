/**
 * Gives up on request bodies that do not arrive in time, and on large ones when unfinished bodies together fill too
 * much memory: many clients may each send nearly all of a large body and then wait. One coarse timer for all: a timer
 * per request costs too much.
 */
import { A2AError } from "../../protocol/index.js";

type Fail = (error: A2AError) => void;

/** Bytes that a body may always have. */
const small = 64 * 1024;

export class SlowBodies {
  readonly #timeout: number;
  readonly #maxBytes: number;
  #bytes = 0;
  /** Bodies under way with the time they began, oldest first. */
  readonly #waiting = new Map<Fail, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param timeout Milliseconds a body may take.
   * @param maxBytes What unfinished bodies may hold together; small ones go on beyond it.
   */
  constructor(timeout: number, maxBytes = 256 * 1024 * 1024) {
    this.#timeout = timeout;
    this.#maxBytes = maxBytes;
  }

  watch(fail: Fail): void {
    this.#waiting.set(fail, performance.now());
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(10, this.#timeout / 10)).unref();
  }

  /** Bytes of a body have come; `size` with them. False when it must be given up. */
  take(bytes: number, size: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.#maxBytes || size <= small;
  }

  /** @param size What was taken for it. */
  done(fail: Fail, size: number): void {
    this.#waiting.delete(fail);
    this.#bytes -= size;
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
