/** The service parameters and credentials of a call, which travel as metadata (spec 10.2). */
import type { Metadata, ServerUnaryCall } from "@grpc/grpc-js";
import type { Call } from "../../dispatch/contract.js";

export class GrpcCall implements Call {
  readonly binding = "GRPC";
  /** Only in the request itself. */
  readonly tenant = undefined;
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  get version(): string | undefined {
    return this.header("a2a-version");
  }

  get extensions(): string | undefined {
    return this.header("a2a-extensions");
  }

  get lastEventId(): string | undefined {
    return this.header("last-event-id");
  }

  /** Entries of the same name are joined as header fields are. Binary ones are none of ours. */
  header(name: string): string | undefined {
    const values = this.#metadata.get(name);
    const first = values[0];
    if (typeof first !== "string") return undefined;
    return values.length === 1 ? first : values.join(", ");
  }

  /** There is no query here: what a card wants there travels as metadata of the same name. */
  queryParameter(name: string): string | undefined {
    return this.header(name.toLowerCase());
  }
}

/** A call that is answered once, unless its caller cancels it or its deadline passes first. */
export class UnaryGrpcCall extends GrpcCall {
  readonly #call: ServerUnaryCall<Uint8Array, Uint8Array>;
  #answered = false;

  constructor(call: ServerUnaryCall<Uint8Array, Uint8Array>) {
    super(call.metadata);
    this.#call = call;
  }

  /** grpc-js says "cancelled" at the end of every call; from here on it means nothing. */
  answered(): void {
    this.#answered = true;
  }

  onGivenUp(act: () => void): void {
    if (this.#call.cancelled) return act();
    this.#call.once("cancelled", () => {
      if (!this.#answered) act();
    });
  }
}
