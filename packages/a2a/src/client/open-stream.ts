/** The events of one connection, checked against the schema. */
import type { WireCall } from "../bindings/client.js";
import { SseReader } from "../bindings/sse-reader.js";
import { check } from "../codec/index.js";
import type { StreamResponse } from "../protocol/index.js";
import type { Exchange } from "./exchange.js";
import { type ClientOptions, defaults } from "./options.js";

export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly response: StreamResponse;
}

export class OpenStream {
  readonly #exchange: Exchange;
  readonly #call: WireCall;
  readonly #options: ClientOptions;
  readonly #reader: SseReader;

  constructor(exchange: Exchange, call: WireCall, options: ClientOptions) {
    this.#exchange = exchange;
    this.#call = call;
    this.#options = options;
    this.#reader = new SseReader(options.maxEventLength ?? defaults.maxEventLength);
  }

  /** Milliseconds to wait before reconnecting, if the server said. */
  get retry(): number | undefined {
    return this.#reader.retry;
  }

  /**
   * Ends when the body properly ends; an event that was not complete by then is dropped.
   *
   * @param idleMs How long to wait for the next bytes, asked before each wait.
   * @throws A2AError for an event that is an error, or is no event; TransportError; the signal's reason
   */
  async *events(idleMs: () => number): AsyncGenerator<ReceivedEvent, void, undefined> {
    for (;;) {
      const bytes = await this.#exchange.read(idleMs());
      if (bytes === undefined) return;
      for (const event of this.#reader.push(bytes)) {
        this.#options.onEvent?.(event);
        const response = check("StreamResponse", this.#call.event(event.data), { mode: "response" });
        yield { id: event.id, response };
      }
    }
  }

  close(): void {
    this.#exchange.close();
  }
}
