/** What carries calls to an agent: HTTP (`http-transport.ts`), or what `ClientOptions.transports` brings along. */
import type { ClientBindingName } from "../bindings/client.js";
import type { OlderGrpcClient } from "../bindings/grpc/wire.js";
import type { Check } from "../codec/index.js";
import type { Operation, StreamResponse } from "../protocol/index.js";
import type { ClientOptions } from "./options.js";

/** One attempt at a call, with everything that is to travel. */
export interface OutgoingCall {
  readonly operation: Operation;
  readonly request: object;
  /** Service parameters, credentials and the caller's own fields, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Credentials that travel in the query, where there is one. */
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds until a unary call must be answered, or a stream must begin. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** For the events of streams. */
  readonly check: Check;
}

export interface ReceivedEvent {
  /** What resumes the stream after this event; undefined when the agent does not say. */
  readonly id: string | undefined;
  readonly response: StreamResponse;
}

/** A stream that has begun. */
export interface ReceivedStream {
  /** Milliseconds to wait before reconnecting, if the server said. */
  readonly retry: number | undefined;
  /**
   * The events, checked against the schema. Ends when the stream properly ends.
   *
   * @param idleMs How long to wait for something to arrive, asked before each wait.
   * @throws A2AError; TransportError; the signal's reason
   */
  events(idleMs: () => number): AsyncGenerator<ReceivedEvent, void, undefined>;
  close(): void;
}

/** A connection to one interface. Every method throws A2AError, TransportError or the signal's reason. */
export interface Transport {
  /** The response message, not yet checked. */
  unary(call: OutgoingCall): Promise<unknown>;
  stream(call: OutgoingCall): Promise<ReceivedStream>;
  close(): void;
}

/** A way to travel besides HTTP, such as `grpc()` of `@parley/a2a/grpc`. */
export interface TransportProvider {
  readonly binding: ClientBindingName;
  /** Whether an interface's URL is one it can connect to. */
  reaches(url: string): boolean;
  open(url: string, options: ClientOptions): Transport;
  /** The same for a service of an older version, if it can carry that. */
  older?(wire: OlderGrpcClient): TransportProvider;
}
