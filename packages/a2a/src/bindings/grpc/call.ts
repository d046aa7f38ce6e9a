/** The service parameters and credentials of a call, which travel as metadata (spec 10.2). */
import type { Metadata } from "@grpc/grpc-js";
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
    const [first, ...more] = this.#metadata.get(name);
    if (typeof first !== "string") return undefined;
    return more.length === 0 ? first : [first, ...more].join(", ");
  }

  /** There is no query here: what a card wants there travels as metadata of the same name. */
  queryParameter(name: string): string | undefined {
    return this.header(name.toLowerCase());
  }
}
