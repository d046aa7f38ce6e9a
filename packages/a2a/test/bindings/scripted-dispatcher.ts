import { check } from "../../src/codec/index.js";
import type { Call, Dispatcher, EventSink, EventStream, Reply } from "../../src/dispatch/contract.js";
import { type MessageName, type OperationName, operations } from "../../src/protocol/index.js";

/** A dispatcher that records what bindings hand it and answers as it was told. */
export class ScriptedDispatcher implements Dispatcher {
  readonly calls: { operation: OperationName; request: unknown; call: Call }[] = [];
  /** What the next calls do. */
  reply: () => Reply = () => ({ json: "{}", extensions: [] });
  script: (sink: EventSink) => void = (sink) => sink.end();
  extensions: readonly string[] = [];
  /** The last stream: "none", "open" or "cancelled". */
  last = "none";
  #resumed = () => {};

  async unary(operation: OperationName, request: unknown, call: Call): Promise<Reply> {
    this.#record(operation, request, call);
    return this.reply();
  }

  async stream(operation: OperationName, request: unknown, call: Call): Promise<EventStream> {
    this.#record(operation, request, call);
    this.last = "open";
    return {
      extensions: this.extensions,
      start: (sink) => this.script(sink),
      resume: () => this.#resumed(),
      cancel: () => {
        this.last = "cancelled";
      },
    };
  }

  /** Calls `act` whenever a stream is resumed. @returns how often that was */
  resumed(act: () => void): () => number {
    let times = 0;
    this.#resumed = () => {
      times++;
      act();
    };
    return () => times;
  }

  /** The one call since the last look, its request checked as dispatch does it. */
  taken(): { operation: OperationName; request: unknown; call: Call } {
    const [only, ...more] = this.calls.splice(0);
    if (only === undefined || more.length > 0)
      throw new Error(`expected one call, got ${more.length + (only ? 1 : 0)}`);
    const message: MessageName = operations[only.operation].request;
    return { ...only, request: check(message, only.request) };
  }

  #record(operation: OperationName, request: unknown, call: Call): void {
    this.calls.push({ operation, request, call });
  }
}
