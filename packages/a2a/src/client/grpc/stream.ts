/** A server-streaming call as the events of a stream. */
import type { Buffer } from "node:buffer";
import { type ClientReadableStream, type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { sequenceKey } from "../../bindings/grpc/index.js";
import type { Check } from "../../codec/index.js";
import type { ClientOptions } from "../options.js";
import type { ReceivedEvent, ReceivedStream } from "../transport.js";
import { TransportError } from "../transport-error.js";
import { type FailedCall, failureOf } from "./failure.js";

export interface GrpcStreamOptions extends FailedCall {
  readonly onEvent: ClientOptions["onEvent"];
  readonly check: Check;
}

export class GrpcStream implements ReceivedStream {
  readonly retry = undefined;
  readonly #call: ClientReadableStream<Buffer>;
  readonly #response: (bytes: Buffer) => unknown;
  readonly #options: GrpcStreamOptions;
  #head: Metadata | undefined;
  /** The number of the next event, where the agent counts them. */
  #next: number | undefined;
  #error: ServiceError | undefined;
  #over = false;
  #timeout: TransportError | undefined;
  /** Called when something has arrived. */
  #wake = () => {};

  constructor(
    call: ClientReadableStream<Buffer>,
    response: (bytes: Buffer) => unknown,
    options: GrpcStreamOptions,
  ) {
    this.#call = call;
    this.#response = response;
    this.#options = options;
    options.signal?.addEventListener("abort", this.#cancel);
    call.on("metadata", (head: Metadata) => {
      this.#head = head;
      this.#next = numberOf(head);
      this.#wake();
    });
    call.on("error", (error: ServiceError) => {
      this.#error = error;
    });
    // Comes after every message and after the error, if there is one.
    call.on("status", () => {
      this.#over = true;
      this.close();
      this.#wake();
    });
    call.on("readable", () => this.#wake());
  }

  /**
   * The head of the answer.
   * @throws A2AError; TransportError; the signal's reason
   */
  async begun(timeoutMs: number): Promise<Headers> {
    while (this.#head === undefined && !this.#over) await this.#something(timeoutMs);
    if (this.#head === undefined) this.#throw();
    const entries = Object.entries(this.#head?.getMap() ?? {});
    return new Headers(entries.map(([name, value]) => [name, String(value)]));
  }

  async *events(idleMs: () => number): AsyncGenerator<ReceivedEvent, void, undefined> {
    for (;;) {
      const bytes: Buffer | null = this.#call.read();
      if (bytes !== null) {
        const message = this.#response(bytes);
        const id = this.#next === undefined ? undefined : String(this.#next++);
        this.#options.onEvent?.({ id, data: JSON.stringify(message) });
        yield { id, response: this.#options.check("StreamResponse", message, { mode: "response" }) };
      } else if (this.#over) {
        return this.#throw();
      } else {
        await this.#something(idleMs());
      }
    }
  }

  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#cancel);
    if (!this.#over) this.#call.cancel();
  }

  readonly #cancel = (): void => this.#call.cancel();

  /** Waits for the head, a message or the end, which comes when nothing else does in time. */
  #something(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timeout = new TransportError("timeout", `nothing from ${this.#options.origin} for ${ms} ms`);
        this.#call.cancel();
      }, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Says why the stream is over, unless it ended as it should. */
  #throw(): void {
    if (this.#timeout) throw this.#timeout;
    if (this.#error && this.#error.code !== status.OK) throw failureOf(this.#error, this.#options, 0);
  }
}

function numberOf(head: Metadata): number | undefined {
  const [sequence] = head.get(sequenceKey);
  return typeof sequence === "string" && /^\d{1,15}$/.test(sequence) ? Number(sequence) : undefined;
}
