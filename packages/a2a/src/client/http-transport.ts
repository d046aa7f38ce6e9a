/** Calls over HTTP: the binding says what to send, and this sends it with `fetch`. */
import type { ClientBinding, ClientBindingName, WireAnswer, WireCall } from "../bindings/client.js";
import { A2AError } from "../protocol/index.js";
import { Exchange } from "./exchange.js";
import { mergeHeaders } from "./headers.js";
import { OpenStream } from "./open-stream.js";
import { type ClientOptions, defaults } from "./options.js";
import { settling } from "./settling.js";
import type { OutgoingCall, Transport, TransportProvider } from "./transport.js";
import type { ClientVersion, HttpClients } from "./version.js";

class HttpTransport implements Transport {
  readonly #binding: ClientBinding;
  readonly #options: ClientOptions;
  readonly #serviceHeaders: ServiceHeaders;

  constructor(binding: ClientBinding, options: ClientOptions, serviceHeaders: ServiceHeaders) {
    this.#binding = binding;
    this.#options = options;
    this.#serviceHeaders = serviceHeaders;
  }

  unary(outgoing: OutgoingCall): Promise<unknown> {
    return this.#firstKnown(outgoing, async (call) => {
      const exchange = await this.#open(call, outgoing);
      return call.answer(await this.#answer(exchange, call));
    });
  }

  stream(outgoing: OutgoingCall): Promise<OpenStream> {
    return this.#firstKnown(outgoing, async (call) => {
      const exchange = await this.#open(call, outgoing);
      const { status, headers } = exchange;
      if (status === 200 && /^text\/event-stream\b/i.test(headers.get("content-type") ?? "")) {
        this.#options.onResponse?.({ url: call.request.url, status, headers });
        return new OpenStream(exchange, call, this.#options, outgoing.check);
      }
      call.answer(await this.#answer(exchange, call));
      throw new A2AError("INVALID_AGENT_RESPONSE", "The agent answered without an event stream");
    });
  }

  /** `fetch` keeps its own connections. */
  close(): void {}

  /** The result of the first way to call that the server knows. */
  async #firstKnown<T>(
    { operation, request }: OutgoingCall,
    attempt: (call: WireCall) => Promise<T>,
  ): Promise<T> {
    const calls = this.#binding.calls(operation, request);
    for (const call of calls.slice(0, -1)) {
      try {
        return await attempt(call);
      } catch (error) {
        if (!isUnknownRoute(error)) throw error;
      }
    }
    return attempt(calls.at(-1) as WireCall);
  }

  async #open({ request }: WireCall, { headers, query, timeoutMs, signal }: OutgoingCall): Promise<Exchange> {
    const sent = {
      ...request,
      url: withQuery(request.url, query),
      headers: mergeHeaders(request.headers, this.#serviceHeaders(headers)),
    };
    this.#options.onRequest?.(sent);
    return Exchange.open(sent, this.#options.fetch ?? fetch, timeoutMs, signal);
  }

  async #answer(exchange: Exchange, { request: { url } }: WireCall): Promise<WireAnswer> {
    const { status, headers } = exchange;
    const body = await exchange.text(this.#options.maxResponseBytes ?? defaults.maxResponseBytes);
    this.#options.onResponse?.({ url, status, headers, body });
    return { status, headers, body };
  }
}

type ServiceHeaders = ClientVersion["serviceHeaders"];

/** How a version's calls travel over HTTP. */
export function httpTransports(
  clients: HttpClients,
  {
    serviceHeaders = (headers) => headers,
    answersEarly,
  }: Partial<Pick<ClientVersion, "serviceHeaders" | "answersEarly">> = {},
): TransportProvider[] {
  return Object.entries(clients).map(([binding, client]) => ({
    binding: binding as ClientBindingName,
    reaches: (url) => URL.canParse(url) && /^https?:/i.test(url),
    open(url, options) {
      const transport = new HttpTransport(client(url), options, serviceHeaders);
      return answersEarly ? settling(transport) : transport;
    },
  }));
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
