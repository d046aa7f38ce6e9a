/** A node:http request listener over an HttpHandler. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Handles, HttpHandler, HttpResponse, HttpStream, HttpWriter } from "../../bindings/http.js";
import { type MountOptions, mountOf } from "../mount.js";
import { NodeRequest } from "./node-request.js";
import { SlowBodies } from "./slow-bodies.js";

export interface ListenerOptions extends MountOptions {
  /** Milliseconds a request body may take, and a reader of an answer may read nothing; 30 s if not told. */
  readonly bodyTimeout?: number;
  /** Header fields for every response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves an agent from a node:http server that you made.
 *
 * @example
 * http.createServer(nodeListener(server)).listen(4100);
 */
export function nodeListener(server: Handles, options?: ListenerOptions): RequestListener {
  const connections = new Connections(server.handle, options);
  return (message, response) => connections.answer(message, response);
}

/** The requests of one server, and the streams among them. */
export class Connections {
  readonly #handle: HttpHandler;
  readonly #extra: readonly string[];
  readonly #slow: SlowBodies;
  readonly #bodyTimeout: number;
  readonly #mountPath: string;
  readonly #streams = new Set<ResponseWriter>();
  #closing = false;
  #parting = false;

  constructor(handle: HttpHandler, options: ListenerOptions = {}) {
    const { bodyTimeout = 30_000, headers = {}, mountPath } = options;
    this.#handle = handle;
    this.#mountPath = mountOf(mountPath);
    this.#extra = Object.entries(headers).flat();
    this.#slow = new SlowBodies(bodyTimeout);
    this.#bodyTimeout = bodyTimeout;
  }

  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#send(await this.#handle(new NodeRequest(message, this.#mountPath, this.#slow)), response);
    } catch {
      // Handlers answer every failure; this one has none to give.
      response.destroy();
    }
  }

  /** From now on no connection is kept after its answer. */
  parting(): void {
    this.#parting = true;
  }

  /** From now on no connection is kept after its answer, and no stream begins. */
  closing(): void {
    this.#parting = true;
    this.#closing = true;
  }

  /** Cuts every stream, so that its reader knows that more was to come. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  /** Whether a stream is being written to this socket. */
  streamsTo(socket: unknown): boolean {
    for (const { response } of this.#streams) if (response.socket === socket) return true;
    return false;
  }

  #send({ status, headers, body }: HttpResponse, response: ServerResponse): void {
    const stream = typeof body === "object" ? body : undefined;
    if (response.destroyed || response.headersSent || (stream !== undefined && this.#closing)) {
      stream?.cancelled();
      response.destroy();
      return;
    }
    const fields = [...this.#extra];
    for (const name in headers) fields.push(name, headers[name] as string);
    if (this.#parting) response.shouldKeepAlive = false;
    if (stream !== undefined) {
      response.writeHead(status, fields);
      const writer = new ResponseWriter(response, stream, this.#streams);
      stream.start(writer);
      return;
    }
    const text = body as string | undefined;
    if (text !== undefined) fields.push("content-length", String(Buffer.byteLength(text)));
    else if (status >= 200 && status !== 204 && status !== 304) fields.push("content-length", "0");
    response.writeHead(status, fields);
    response.end(text);
    // Until it is read, all of the answer stays in memory.
    if (response.writableLength > 0) response.setTimeout(this.#bodyTimeout, () => response.destroy());
  }
}

/** A stream on its way into a response. */
class ResponseWriter implements HttpWriter {
  constructor(
    readonly response: ServerResponse,
    stream: HttpStream,
    streams: Set<ResponseWriter>,
  ) {
    streams.add(this);
    response.on("drain", () => stream.drained());
    response.once("close", () => {
      streams.delete(this);
      stream.cancelled();
    });
  }

  write(chunk: string): boolean {
    return this.response.write(chunk);
  }

  end(): void {
    this.response.end();
  }

  destroy(): void {
    this.response.destroy();
  }
}
