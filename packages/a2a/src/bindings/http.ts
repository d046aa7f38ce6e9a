/**
 * The HTTP that bindings speak, without any host's objects: `hosts/` translate between this and
 * node:http, fetch or a framework. Native Request and Response cost four times as much on Node.
 */
import type { MaybePromise } from "../ports/index.js";

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent: percent escapes intact, no query. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** @param name Lower case. Repeated fields are joined with ", ". */
  header(name: string): string | undefined;
  /**
   * The whole body as UTF-8 text.
   * @throws A2AError PAYLOAD_TOO_LARGE past `limit` bytes; REQUEST_TIMEOUT or INVALID_REQUEST when it never ends or breaks off.
   */
  text(limit: number): Promise<string>;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is sent whole, with its length (of a HEAD request, only the length). Nothing means an empty body. */
  readonly body?: string | HttpStream;
}

/** A body that is written as it comes about. The host calls `start` once, then the others. */
export interface HttpStream {
  start(writer: HttpWriter): void;
  /** The writer takes data again after `write` said false. */
  drained(): void;
  /** The peer went away, or the host closes. Nothing may be written any more. */
  cancelled(): void;
}

export interface HttpWriter {
  /** @returns false when the peer reads slower than we write: wait for `drained`. */
  write(chunk: string): boolean;
  /** Ends the body properly. */
  end(): void;
  /** Cuts the connection, so that the peer knows the body is not complete. */
  destroy(): void;
}

/** Answers a request. Never throws: every failure is a response. */
export type HttpHandler = (request: HttpRequest) => MaybePromise<HttpResponse>;

/** What a host needs of a server: `createServer` makes one. */
export interface Handles {
  readonly handle: HttpHandler;
}
