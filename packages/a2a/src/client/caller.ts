/** Makes calls: adds what travels with each of them, repeats where that is safe, and checks what comes back. */
import type { Check } from "../codec/index.js";
import {
  type AgentCard,
  idempotentSendUri,
  type Operation,
  type OperationName,
  type OperationTypes,
  operations,
  protocolVersion,
} from "../protocol/index.js";
import { delayBefore, isTransient, sleep } from "./backoff.js";
import { inUtf8, mergeHeaders } from "./headers.js";
import type { ChosenInterface } from "./interfaces.js";
import {
  type CallOptions,
  type ClientOptions,
  type Credentials,
  defaults,
  type SubscribeOptions,
} from "./options.js";
import type { OutgoingCall, ReceivedStream, Transport } from "./transport.js";
import { TransportError } from "./transport-error.js";
import { within } from "./within.js";

/** Operations whose answers are streams. */
export type StreamingName = "SendStreamingMessage" | "SubscribeToTask";

type Request = OperationTypes[OperationName]["request"];

export class Caller {
  readonly #transport: Transport;
  readonly #check: Check;
  readonly #options: ClientOptions;
  readonly #card: () => AgentCard;

  /** @param card The agent's card at the time of a call, for its security schemes. */
  constructor(
    { transport, check }: Pick<ChosenInterface, "transport" | "check">,
    options: ClientOptions,
    card: () => AgentCard,
  ) {
    this.#transport = transport;
    this.#check = check;
    this.#options = options;
    this.#card = card;
  }

  /** @throws A2AError; TransportError; the signal's reason */
  unary<N extends OperationName>(
    name: N,
    request: OperationTypes[N]["request"],
    options: CallOptions,
  ): Promise<OperationTypes[N]["response"]> {
    const operation: Operation = operations[name];
    const { response } = operation;
    const timeoutMs = this.#timeout(name, request, options);
    return this.#repeat(this.#isSafe(operation, options), options, async () => {
      const call = await this.#outgoing(operation, request, options, timeoutMs);
      const value = await this.#transport.unary(call);
      if (response === "Empty") return {};
      return this.#check(response, value, { mode: response === "AgentCard" ? "lenient" : "response" });
    }) as Promise<OperationTypes[N]["response"]>;
  }

  /**
   * A stream that has begun.
   *
   * @param retries How often to repeat it, where that is safe.
   * @throws A2AError when the answer is an error instead; TransportError; the signal's reason
   */
  stream(
    name: StreamingName,
    request: OperationTypes[StreamingName]["request"],
    options: SubscribeOptions,
    retries?: number,
  ): Promise<ReceivedStream> {
    const operation: Operation = operations[name];
    const { lastEventId, timeoutMs = this.#options.timeoutMs ?? defaults.timeoutMs } = options;
    const headers = mergeHeaders(options.headers, { "last-event-id": inUtf8(lastEventId) });
    const attempt = async () =>
      this.#transport.stream(await this.#outgoing(operation, request, { ...options, headers }, timeoutMs));
    return this.#repeat(this.#isSafe(operation, options), options, attempt, retries);
  }

  close(): void {
    this.#transport.close();
  }

  /** Whether it may be done again: it changes nothing, or the agent takes it once however often it comes. */
  #isSafe(operation: Operation, { headers }: CallOptions): boolean {
    if (operation.safe) return true;
    if (operation.request !== "SendMessageRequest") return false;
    if (mergeHeaders(this.#options.headers, headers)["idempotency-key"] !== undefined) return true;
    return this.#card().capabilities.extensions?.some(({ uri }) => uri === idempotentSendUri) ?? false;
  }

  async #repeat<T>(
    safe: boolean,
    { signal }: CallOptions,
    attempt: () => Promise<T>,
    retries = this.#options.retries ?? defaults.retries,
  ): Promise<T> {
    for (let repeated = 0; ; repeated++) {
      try {
        return await attempt();
      } catch (error) {
        if (!safe || repeated >= retries || !isTransient(error)) throw error;
        await sleep(delayBefore(repeated, error), signal);
      }
    }
  }

  async #outgoing(
    operation: Operation,
    request: Request,
    options: CallOptions,
    timeoutMs: number,
  ): Promise<OutgoingCall> {
    const { headers = {}, query = {} } = await this.#credentials(timeoutMs, options.signal);
    const extensions = new Set([...(this.#options.extensions ?? []), ...(options.extensions ?? [])]);
    return {
      operation,
      request,
      headers: mergeHeaders(
        { "a2a-version": protocolVersion, "a2a-extensions": [...extensions].join(",") || undefined },
        headers,
        this.#options.headers,
        options.headers,
      ),
      query,
      timeoutMs,
      signal: options.signal,
      check: this.#check,
    };
  }

  /** @throws TransportError when they do not come in time; the signal's reason */
  async #credentials(timeoutMs: number, signal: AbortSignal | undefined): Promise<Credentials> {
    const credentials = this.#options.auth?.(this.#card()) ?? {};
    if (!("then" in credentials)) return credentials;
    const late = () => new TransportError("timeout", `no credentials within ${timeoutMs} ms`);
    return (await within(timeoutMs, signal, late, credentials)) ?? {};
  }

  #timeout(name: OperationName, request: Request, { timeoutMs }: CallOptions): number {
    const { timeoutMs: quick = defaults.timeoutMs, sendTimeoutMs = defaults.sendTimeoutMs } = this.#options;
    const answered =
      name === "SendMessage" && "message" in request && !request.configuration?.returnImmediately;
    const changed = name === "GetTask" && "currentGeneration" in request;
    return timeoutMs ?? (answered || changed ? sendTimeoutMs : quick);
  }
}
