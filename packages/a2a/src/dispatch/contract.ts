/**
 * What bindings and dispatch say to each other. A binding turns bytes into a Call and a request value,
 * and a Reply or EventStream back into bytes; it decides nothing else.
 */
import type { MaybePromise } from "../ports/index.js";
import type { A2AError, OperationName } from "../protocol/index.js";

/** What a version says besides whose tasks tell how far they are: the number of their last event. */
export interface Numbered {
  /** GetTask answers once the task is past this event, or after a while. */
  readonly after?: number | undefined;
  /** A message is taken only if this is the last event of its task. */
  readonly expected?: number | undefined;
  /** A Task as JSON that says how far it is. */
  task(json: string, seq: number): string;
  /** To whom something else was expected. */
  mismatch(taskId: string, seq: number): A2AError;
}

/** One call of one operation, as the binding received it. Service parameters are spec 3.2.6. */
export interface Call {
  readonly binding: "JSONRPC" | "HTTP+JSON" | "GRPC";
  /** `A2A-Version` as sent: header, or query parameter where the binding has one. Undefined or "" when absent. */
  readonly version: string | undefined;
  /** The other version that the request was translated from, where it was; `version` is then that of its translation. */
  readonly older?: string;
  /** What the caller calls the task, in a version whose clients choose ids: its newest task of that name is meant. */
  readonly taskName?: string;
  /** There in versions whose tasks tell how far they are. */
  readonly numbered?: Numbered;
  /** `A2A-Extensions` as sent. */
  readonly extensions: string | undefined;
  /** `Last-Event-ID` as sent. */
  readonly lastEventId: string | undefined;
  /** Tenant of the route, decoded. The request's own `tenant` must not differ. */
  readonly tenant: string | undefined;
  /** Header or gRPC metadata by lower-case name. */
  header(name: string): string | undefined;
  /** Query parameter, for API keys that travel there. */
  queryParameter(name: string): string | undefined;
  /**
   * Calls back when the caller gives up on the answer, by canceling or by a deadline of its own; only of bindings
   * that have a way to say so (docs/decisions/0007-giving-up.md).
   */
  onGivenUp?(act: () => void): void;
}

/** The answer of a unary operation. */
export interface Reply {
  /** The response message as JSON text. */
  readonly json: string;
  /** Extension URIs that were activated, for the `A2A-Extensions` response header; empty for none. */
  readonly extensions: readonly string[];
}

/** One event of a stream. */
export interface StreamEvent {
  /** Journal sequence, the SSE `id`; undefined for a direct Message. */
  readonly seq: number | undefined;
  /** A StreamResponse as JSON text. */
  readonly json: string;
}

/** The answer of a streaming operation: `start` it once, then events come until `end`. */
export interface EventStream {
  readonly extensions: readonly string[];
  start(sink: EventSink): void;
  /** The sink takes events again after `send` said false. */
  resume(): void;
  /** The reader is gone; nothing is sent any more. */
  cancel(): void;
}

export interface EventSink {
  /** Events in order, all that are ready. @returns false when it wants no more until `resume`. */
  send(events: readonly StreamEvent[]): boolean;
  /** The stream is over: properly, or with an error that becomes its last event. */
  end(error?: A2AError): void;
  /** The reader is too slow, or the server stops: cut the connection; it can resume with `Last-Event-ID`. */
  cut(): void;
}

export interface Dispatcher {
  /** @throws A2AError */
  unary(operation: OperationName, request: unknown, call: Call): MaybePromise<Reply>;
  /** @throws A2AError before anything was streamed */
  stream(operation: OperationName, request: unknown, call: Call): MaybePromise<EventStream>;
}
