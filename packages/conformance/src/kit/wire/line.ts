/** The way out: every request of a run goes through here, is counted, and ends in time. */
import { Untested } from "../check.js";

export interface LineOptions {
  /** Milliseconds that the whole run may take. */
  readonly limit: number;
  /** Milliseconds that one answer may take. */
  readonly patience: number;
  readonly fetch: typeof fetch;
  /** Verifies no certificates. */
  readonly insecure: boolean;
  readonly signal?: AbortSignal | undefined;
}

export class Line {
  readonly fetch: typeof fetch;
  readonly insecure: boolean;
  readonly patience: number;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #secret: ReadonlySet<string> = new Set();
  #requests = 0;

  constructor({ limit, patience, fetch, insecure, signal }: LineOptions) {
    this.fetch = fetch;
    this.insecure = insecure;
    this.patience = patience;
    this.#deadline = Date.now() + limit;
    this.#signal = signal;
  }

  /**
   * From here on every call carries these.
   * @param own Credentials and service parameters, which are never shown. Lower-case names.
   * @param extensions Those that the agent requires.
   */
  carrying(own: Readonly<Record<string, string>>, extensions: readonly string[]): this {
    this.#secret = new Set(Object.keys(own));
    this.#headers = { ...(extensions.length > 0 && { "a2a-extensions": extensions.join(", ") }), ...own };
    return this;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  get secret(): ReadonlySet<string> {
    return this.#secret;
  }

  get requests(): number {
    return this.#requests;
  }

  /** No time is left, or the user wants to stop. */
  get over(): boolean {
    return this.#signal?.aborted === true || Date.now() >= this.#deadline;
  }

  /**
   * Counts one request.
   * @returns the signal that ends it
   * @throws Untested when no time is left
   */
  request(): AbortSignal {
    if (this.over) throw new Untested("the time was up");
    this.#requests++;
    const own = AbortSignal.timeout(Math.max(1, Math.min(this.patience, this.#deadline - Date.now())));
    return this.#signal ? AbortSignal.any([own, this.#signal]) : own;
  }

  /** What to say of a request that brought no answer. */
  lost(error: unknown): string {
    if (error instanceof Error && error.name === "TimeoutError")
      return `no answer within ${Math.round(this.patience / 100) / 10} s`;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    return `no answer: ${cause || (error instanceof Error ? error.message : String(error))}`;
  }
}
