/** Makes calls: the binding says what to send, and this sends it, again where that is safe. */
import type { ClientBinding, WireAnswer, WireCall, WireRequest } from "../bindings/client.js";
import { check } from "../codec/index.js";
import {
  A2AError,
  type AgentCard,
  type Operation,
  type OperationName,
  type OperationTypes,
  operations,
  protocolVersion,
} from "../protocol/index.js";
import { delayBefore, isTransient, sleep } from "./backoff.js";
import { Exchange } from "./exchange.js";
import { mergeHeaders } from "./headers.js";
import { OpenStream } from "./open-stream.js";
import { type CallOptions, type ClientOptions, defaults, type SubscribeOptions } from "./options.js";

/** Operations whose answers are streams. */
export type StreamingName = "SendStreamingMessage" | "SubscribeToTask";

type Request = OperationTypes[OperationName]["request"];

export class Caller {
  readonly #binding: ClientBinding;
  readonly #options: ClientOptions;
  readonly #card: () => AgentCard;

  /** @param card The agent's card at the time of a call, for its security schemes. */
  constructor(binding: ClientBinding, options: ClientOptions, card: () => AgentCard) {
    this.#binding = binding;
    this.#options = options;
    this.#card = card;
  }

  /** @throws A2AError; TransportError; the signal's reason */
  unary<N extends OperationName>(
    name: N,
    request: OperationTypes[N]["request"],
    options: CallOptions,
  ): Promise<OperationTypes[N]["response"]> {
    const { response } = operations[name];
    return this.#repeat(operations[name], request, options, async (call) => {
      const exchange = await this.#open(call.request, options, this.#timeout(name, request, options));
      const value = call.answer(await this.#answer(exchange, call.request));
      if (response === "Empty") return {};
      return check(response, value, { mode: response === "AgentCard" ? "lenient" : "response" });
    }) as Promise<OperationTypes[N]["response"]>;
  }

  /**
   * A stream whose head has come.
   *
   * @param retries How often to repeat it, where that is safe.
   * @throws A2AError when the answer is an error instead; TransportError; the signal's reason
   */
  stream(
    name: StreamingName,
    request: OperationTypes[StreamingName]["request"],
    options: SubscribeOptions,
    retries?: number,
  ): Promise<OpenStream> {
    const { lastEventId, timeoutMs = this.#options.timeoutMs ?? defaults.timeoutMs } = options;
    const headers = mergeHeaders(options.headers, { "last-event-id": lastEventId });
    const attempt = async (call: WireCall): Promise<OpenStream> => {
      const exchange = await this.#open(call.request, { ...options, headers }, timeoutMs);
      const { status, headers: answered } = exchange;
      if (status === 200 && /^text\/event-stream\b/i.test(answered.get("content-type") ?? "")) {
        this.#options.onResponse?.({ url: call.request.url, status, headers: answered });
        return new OpenStream(exchange, call, this.#options);
      }
      call.answer(await this.#answer(exchange, call.request));
      throw new A2AError("INVALID_AGENT_RESPONSE", "The agent answered without an event stream");
    };
    return this.#repeat(operations[name], request, options, attempt, retries);
  }

  async #repeat<T>(
    operation: Operation,
    request: Request,
    { signal }: CallOptions,
    attempt: (call: WireCall) => Promise<T>,
    retries = this.#options.retries ?? defaults.retries,
  ): Promise<T> {
    for (let repeated = 0; ; repeated++) {
      try {
        return await firstKnown(this.#binding.calls(operation, request), attempt);
      } catch (error) {
        if (!operation.safe || repeated >= retries || !isTransient(error)) throw error;
        await sleep(delayBefore(repeated, error), signal);
      }
    }
  }

  async #open(request: WireRequest, options: CallOptions, timeoutMs: number): Promise<Exchange> {
    const { headers = {}, query = {} } = (await this.#options.auth?.(this.#card())) ?? {};
    const extensions = new Set([...(this.#options.extensions ?? []), ...(options.extensions ?? [])]);
    const sent: WireRequest = {
      ...request,
      url: withQuery(request.url, query),
      headers: mergeHeaders(
        request.headers,
        { "a2a-version": protocolVersion, "a2a-extensions": [...extensions].join(",") || undefined },
        headers,
        this.#options.headers,
        options.headers,
      ),
    };
    this.#options.onRequest?.(sent);
    return Exchange.open(sent, this.#options.fetch ?? fetch, timeoutMs, options.signal);
  }

  async #answer(exchange: Exchange, { url }: WireRequest): Promise<WireAnswer> {
    const { status, headers } = exchange;
    const body = await exchange.text(this.#options.maxResponseBytes ?? defaults.maxResponseBytes);
    this.#options.onResponse?.({ url, status, headers, body });
    return { status, headers, body };
  }

  #timeout(name: OperationName, request: Request, { timeoutMs }: CallOptions): number {
    const { timeoutMs: quick = defaults.timeoutMs, sendTimeoutMs = defaults.sendTimeoutMs } = this.#options;
    const waits = "message" in request && !request.configuration?.returnImmediately;
    return timeoutMs ?? (name === "SendMessage" && waits ? sendTimeoutMs : quick);
  }
}

/** The result of the first way to call that the server knows. */
async function firstKnown<T>(
  calls: readonly WireCall[],
  attempt: (call: WireCall) => Promise<T>,
): Promise<T> {
  const [call, ...others] = calls as [WireCall, ...WireCall[]];
  try {
    return await attempt(call);
  } catch (error) {
    if (others.length === 0 || !isUnknownRoute(error)) throw error;
    return firstKnown(others, attempt);
  }
}

function isUnknownRoute(error: unknown): boolean {
  return error instanceof A2AError && ["METHOD_NOT_FOUND", "METHOD_NOT_ALLOWED"].includes(error.reason);
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const entries = Object.entries(query);
  if (entries.length === 0) return url;
  const extended = new URL(url);
  for (const [name, value] of entries) extended.searchParams.append(name, value);
  return extended.href;
}
