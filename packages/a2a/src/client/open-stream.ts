/** A stream of Server-Sent Events. */
import type { WireCall } from "../bindings/client.js";
import { SseReader } from "../bindings/sse-reader.js";
import type { Check } from "../codec/index.js";
import type { Exchange } from "./exchange.js";
import { type ClientOptions, defaults } from "./options.js";
import type { ReceivedEvent, ReceivedStream } from "./transport.js";

export class OpenStream implements ReceivedStream {
  readonly #exchange: Exchange;
  readonly #call: WireCall;
  readonly #options: ClientOptions;
  readonly #reader: SseReader;
  readonly #check: Check;

  constructor(exchange: Exchange, call: WireCall, options: ClientOptions, check: Check) {
    this.#exchange = exchange;
    this.#call = call;
    this.#check = check;
    this.#options = options;
    this.#reader = new SseReader(options.maxEventLength ?? defaults.maxEventLength);
  }

  get retry(): number | undefined {
    return this.#reader.retry;
  }

  /** An event that was not complete when the body ended is dropped. */
  async *events(idleMs: () => number): AsyncGenerator<ReceivedEvent, void, undefined> {
    for (;;) {
      const bytes = await this.#exchange.read(idleMs());
      if (bytes === undefined) return;
      for (const event of this.#reader.push(bytes)) {
        this.#options.onEvent?.(event);
        const response = this.#check("StreamResponse", this.#call.event(event.data), { mode: "response" });
        yield { id: event.id, response };
      }
    }
  }

  close(): void {
    this.#exchange.close();
  }
}
