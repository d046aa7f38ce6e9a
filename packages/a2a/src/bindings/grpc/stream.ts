/** An EventStream as the messages of a server-streaming call. */
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import type { EventSink, EventStream, StreamEvent } from "../../dispatch/contract.js";
import { A2AError } from "../../protocol/index.js";
import { pathOf, sequenceKey } from "./service.js";
import type { GrpcWire } from "./wire.js";

/** Messages that became ready together. */
export type Batch = readonly Uint8Array[];

/** How many bytes may be on their way to a reader before the stream is told to wait. */
const maxPending = 64 * 1024;

/** How long a resumed stream without events waits for one before it says that it has begun. */
const quietMillis = 100;

export interface GrpcStreamOptions {
  /** The number of the last event that a resuming reader has. */
  readonly cursor: string | undefined;
  /** Initial metadata, to be added to. */
  metadata(): Metadata;
  encode(json: string): Uint8Array;
  status(error: A2AError): { code: number; details: string; metadata: Metadata };
}

export class GrpcStream implements EventSink {
  readonly #call: ServerWritableStream<Uint8Array, Batch>;
  readonly #events: EventStream;
  readonly #options: GrpcStreamOptions;
  #begun = false;
  /** The sequence that the next event must have, since the peer counts. */
  #next: number | undefined;
  /** Bytes that the connection has not taken yet. */
  #pending = 0;
  #paused = false;
  #over = false;

  constructor(
    call: ServerWritableStream<Uint8Array, Batch>,
    events: EventStream,
    options: GrpcStreamOptions,
  ) {
    this.#call = call;
    this.#events = events;
    this.#options = options;
  }

  start(): void {
    this.#call.on("cancelled", () => this.#leave());
    if (this.#call.cancelled) return this.#leave();
    this.#events.start(this);
    const { cursor } = this.#options;
    if (cursor) setTimeout(() => this.#begin(Number(cursor) + 1), quietMillis).unref();
  }

  send(events: readonly StreamEvent[]): boolean {
    this.#begin(events[0]?.seq);
    const next = this.#next;
    if (next !== undefined) {
      if (events.some(({ seq }, index) => seq !== next + index)) return this.#skip();
      this.#next = next + events.length;
    }
    const batch = events.map(({ json }) => this.#options.encode(json));
    const size = batch.reduce((sum, { length }) => sum + length, 0);
    this.#pending += size;
    this.#call.write(batch, () => this.#written(size));
    this.#paused = this.#pending > maxPending;
    return !this.#paused;
  }

  end(error?: A2AError): void {
    if (this.#over) return;
    this.#over = true;
    if (error === undefined) this.#call.end();
    else this.#call.emit("error", this.#options.status(error));
  }

  /** What the reader has not taken stays with the connection; then it learns that it can resume. */
  cut(): void {
    this.end(new A2AError("UNAVAILABLE", "The stream was cut; resume it with SubscribeToTask"));
  }

  /** Sends the initial metadata. */
  #begin(seq: number | undefined): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    this.#next = seq;
    const metadata = this.#options.metadata();
    if (seq !== undefined) metadata.set(sequenceKey, String(seq));
    this.#call.sendMetadata(metadata);
  }

  /** The events in between are no longer kept, so counting would go wrong: the peer resumes, and learns where it is. */
  #skip(): false {
    this.end(new A2AError("UNAVAILABLE", "Events were skipped; resume the stream with SubscribeToTask"));
    this.#events.cancel();
    return false;
  }

  #written(size: number): void {
    this.#pending -= size;
    if (!this.#paused || this.#over || this.#pending > maxPending) return;
    this.#paused = false;
    this.#events.resume();
  }

  /** The reader is gone; grpc-js says so at the end of every call. */
  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.cancel();
  }
}

type ServerCall = Parameters<ServerInterceptor>[1];

/** Adds nothing to a call; grpc-js would wrap every step of it in closures that add nothing. */
class PassingCall extends ServerInterceptingCall {
  protected readonly inner: ServerCall;

  constructor(inner: ServerCall) {
    super(inner);
    this.inner = inner;
  }

  override start(...listener: Parameters<ServerCall["start"]>): void {
    this.inner.start(...listener);
  }

  override sendMetadata(metadata: Metadata): void {
    this.inner.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.inner.sendMessage(message, callback);
  }

  override sendStatus(...status: Parameters<ServerCall["sendStatus"]>): void {
    this.inner.sendStatus(...status);
  }
}

/** Hands a batch on as its messages, all at once: grpc-js alone would wait for each to be flushed. */
class BatchingCall extends PassingCall {
  override sendMessage(batch: Batch, callback: () => void): void {
    let left = batch.length;
    const sent = () => {
      if (--left === 0) callback();
    };
    for (const message of batch) this.inner.sendMessage(message, sent);
  }
}

/** The interceptor that lets streams of these services write batches. */
export function batching(wires: readonly GrpcWire[]): ServerInterceptor {
  const paths = new Set(wires.flatMap((wire) => wire.methods.map((method) => pathOf(wire, method))));
  return ({ responseStream, path }, call) =>
    responseStream && paths.has(path) ? new BatchingCall(call) : new PassingCall(call);
}
