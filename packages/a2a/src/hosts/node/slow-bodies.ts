/**
 * Gives up on request bodies that do not arrive in time, and on large ones when unfinished bodies together fill too
 * much memory: many clients may each send nearly all of a large body and then wait. One coarse timer for all: a timer
 * per request costs too much.
 */
import { A2AError } from "../../protocol/index.js";

/**
 * A body under way, in a list of all of them, oldest first. A list because a `Map` that entries enter and leave all
 * the time leaves tables behind that keep what they held alive.
 */
export abstract class UnfinishedBody {
  size = 0;
  began = 0;
  older: UnfinishedBody | undefined;
  newer: UnfinishedBody | undefined;

  abstract giveUp(error: A2AError): void;
}

/** Bytes that a body may always have. */
const small = 64 * 1024;

export class SlowBodies {
  readonly #timeout: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #oldest: UnfinishedBody | undefined;
  #newest: UnfinishedBody | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param timeout Milliseconds a body may take.
   * @param maxBytes What unfinished bodies may hold together; small ones go on beyond it.
   */
  constructor(timeout: number, maxBytes = 256 * 1024 * 1024) {
    this.#timeout = timeout;
    this.#maxBytes = maxBytes;
  }

  watch(body: UnfinishedBody): void {
    body.began = performance.now();
    body.older = this.#newest;
    if (this.#newest) this.#newest.newer = body;
    else this.#oldest = body;
    this.#newest = body;
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(10, this.#timeout / 10)).unref();
  }

  /** Bytes of a body have come. False when it must be given up. */
  take(body: UnfinishedBody, bytes: number): boolean {
    body.size += bytes;
    this.#bytes += bytes;
    return this.#bytes <= this.#maxBytes || body.size <= small;
  }

  /** A body is complete, or will not be. */
  done(body: UnfinishedBody): void {
    const { older, newer } = body;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    body.older = undefined;
    body.newer = undefined;
    this.#bytes -= body.size;
  }

  #sweep(): void {
    const latest = performance.now() - this.#timeout;
    while (this.#oldest && this.#oldest.began <= latest) {
      this.#oldest.giveUp(new A2AError("REQUEST_TIMEOUT", "The request body did not arrive in time"));
    }
    if (this.#oldest) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
