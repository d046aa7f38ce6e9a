/** One HTTP request and its answer, with a deadline, the caller's signal and bounds on what is read. */
import type { WireRequest } from "../bindings/client.js";
import { A2AError } from "../protocol/index.js";
import { displayUrl, TransportError } from "./transport-error.js";
import { after } from "./within.js";

/** What people know these codes as; other failures say it themselves. */
const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host not found",
  UND_ERR_SOCKET: "connection closed",
  ERR_SSL_WRONG_VERSION_NUMBER: "the other side speaks no TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the other side speaks no TLS",
};

/** `fetch` of some runtimes reads files as well, and refuses credentials in words that have the password in them. */
const usable = /^https?:\/\/(?![^/?#]*@)/i;

/** In what runtimes say, up to where a URL may hold a key. */
const urlWithQuery = /(https?:\/\/[^\s?#"')]*)[?#][^\s"')]*/gi;

export class Exchange {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timeout: TransportError | undefined;
  #response: Response | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ended = false;

  private constructor(url: string, signal: AbortSignal | undefined) {
    this.#url = displayUrl(url);
    this.#signal = signal;
  }

  /**
   * Sends the request; the head of the answer is there when this returns. `close` it in the end.
   *
   * @param timeoutMs Until the head has come, and the whole body where `text` reads it.
   * @throws TransportError; the signal's reason
   */
  static async open(
    request: WireRequest,
    send: typeof fetch,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Exchange> {
    signal?.throwIfAborted();
    const exchange = new Exchange(request.url, signal);
    try {
      await exchange.#open(request, send, timeoutMs);
      return exchange;
    } catch (error) {
      exchange.close();
      throw error;
    }
  }

  async #open(
    { method, url, headers, body }: WireRequest,
    send: typeof fetch,
    timeoutMs: number,
  ): Promise<void> {
    if (!usable.test(url)) {
      const wanted = "a URL begins with http:// or https:// and has no credentials in it";
      throw new TransportError("http", `${this.#url} is not used: ${wanted}`);
    }
    this.#signal?.addEventListener("abort", this.#cancel);
    this.#arm(timeoutMs);
    const init: RequestInit = { method, headers, body, redirect: "manual", signal: this.#abort.signal };
    try {
      this.#response = await send(url, init);
    } catch (error) {
      throw this.#failure(error);
    }
    const { status, type } = this.#response;
    if (type === "opaqueredirect" || (status >= 300 && status < 400 && status !== 304)) {
      const to = this.headers.get("location");
      throw new TransportError(
        "http",
        `${this.#url} redirects${to ? ` to ${displayUrl(to)}` : ""}; use the final URL`,
      );
    }
    this.#reader = this.#response.body?.getReader();
  }

  get status(): number {
    return this.#response?.status ?? 0;
  }

  get headers(): Headers {
    return this.#response?.headers ?? new Headers();
  }

  /**
   * The whole body, then the exchange is closed.
   * @throws TransportError; the signal's reason; A2AError INVALID_AGENT_RESPONSE past `limit` bytes
   */
  async text(limit: number): Promise<string> {
    const decoder = new TextDecoder();
    let length = 0;
    let text = "";
    try {
      for (;;) {
        const bytes = await this.#read();
        if (bytes === undefined) return text + decoder.decode();
        length += bytes.length;
        if (length > limit)
          throw new A2AError("INVALID_AGENT_RESPONSE", `The answer is larger than ${limit} bytes`);
        text += decoder.decode(bytes, { stream: true });
      }
    } finally {
      this.close();
    }
  }

  /**
   * The next bytes of the body; `undefined` when it has properly ended.
   * @param idleMs How long to wait for them.
   * @throws TransportError; the signal's reason
   */
  async read(idleMs: number): Promise<Uint8Array | undefined> {
    this.#arm(idleMs);
    try {
      return await this.#read();
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async #read(): Promise<Uint8Array | undefined> {
    try {
      const bytes = (await this.#reader?.read())?.value;
      this.#ended = bytes === undefined;
      return bytes;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Gives up what has not been read. */
  close(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#cancel);
    if (!this.#ended) this.#abort.abort();
  }

  readonly #cancel = (): void => this.#abort.abort(this.#signal?.reason);

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = after(ms, () => {
      this.#timeout = new TransportError("timeout", `no answer from ${this.#url} within ${ms} ms`);
      this.#abort.abort(this.#timeout);
    });
  }

  #failure(error: unknown): unknown {
    if (this.#signal?.aborted) return this.#signal.reason;
    return (
      this.#timeout ?? new TransportError("network", `${describe(error)} at ${this.#url}`, { cause: error })
    );
  }
}

/** What failed, in words; runtimes hide it one or two causes deep. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" ? failures[code] : undefined;
  if (known !== undefined) return known;
  if (error.cause instanceof Error) return describe(error.cause);
  return error.message.replaceAll(urlWithQuery, "$1") || "connection failed";
}
