/** gRPC (spec 10) on HTTP/2 itself. */
import { Buffer } from "node:buffer";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { decode, encode } from "@parley/a2a/protobuf";
import {
  type ErrorReason,
  errors,
  grpcCodes,
  type MessageName,
  type OperationName,
  operations,
} from "@parley/a2a/protocol";
import { Failed } from "../check.js";
import { wireError } from "./errors.js";
import { Events } from "./events.js";
import { type Exchange, headerLines, shorten, textOf } from "./exchange.js";
import { frame, statusDetails, Unframer } from "./grpc-frames.js";
import type { Line } from "./line.js";
import {
  type Answer,
  type Stream,
  versionHeader,
  type Wire,
  type WireError,
  type WireOptions,
} from "./wire.js";

const service = "lf.a2a.v1.A2AService";

/** A call under way. */
interface Call {
  readonly exchange: Exchange;
  readonly events: Events<unknown>;
  /** What the call ended with, undefined while it goes on. */
  readonly ended: { error?: WireError | undefined; lost?: string };
}

export class GrpcWire implements Wire {
  readonly binding = "GRPC";
  #session: ClientHttp2Session | undefined;

  constructor(
    readonly line: Line,
    readonly url: string,
    readonly tenant?: string | undefined,
  ) {}

  codeOf(reason: ErrorReason): number {
    return grpcCodes[errors[reason].grpc];
  }

  async call(operation: OperationName, request: object, options: WireOptions = {}): Promise<Answer> {
    const { exchange, events, ended } = await this.#start(operation, request, options);
    await events.until(() => events.ended !== undefined, this.line.patience);
    if (ended.error) return { exchange, error: ended.error };
    if (events.seen.length === 0) throw new Failed("an answer", exchange, ended.lost ?? "no message came");
    return { exchange, result: events.seen[0] };
  }

  async open(operation: OperationName, request: object, options: WireOptions = {}): Promise<Stream> {
    const { exchange, events, ended } = await this.#start(operation, request, options);
    await events.until(() => events.seen.length > 0, this.line.patience);
    return { exchange, ...(ended.error && { error: ended.error }), events };
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  async #start(operation: OperationName, request: object, options: WireOptions): Promise<Call> {
    const tenant = this.tenant === undefined ? {} : { tenant: this.tenant };
    const message = { ...tenant, ...request };
    const headers = {
      ...(options.credentials !== false && this.line.headers),
      ...versionHeader(options),
      ...options.headers,
    };
    const lines = headerLines(Object.entries(headers), this.line.secret);
    const exchange: Exchange = {
      sent: textOf(`gRPC ${service}/${operation} at ${this.url}`, lines, JSON.stringify(message)),
      received: "(nothing)",
    };
    const signal = this.line.request();
    const session = this.#connected();
    const stream = session.request({
      ":method": "POST",
      ":path": `/${service}/${operation}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const events = new Events<unknown>(() => stream.close(constants.NGHTTP2_CANCEL));
    const ended: Call["ended"] = {};
    this.#read(stream, operations[operation].response, exchange, events, ended);
    signal.addEventListener("abort", () => {
      ended.lost = this.line.lost(signal.reason);
      stream.close(constants.NGHTTP2_CANCEL);
      events.end("cut");
    });
    stream.end(frame(encode(operations[operation].request, message as never)));
    return { exchange, events, ended };
  }

  #connected(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed)
      return this.#session;
    const session = connect(originOf(this.url), { rejectUnauthorized: !this.line.insecure });
    // Every call hears of it as well.
    session.on("error", () => {});
    this.#session = session;
    return session;
  }

  #read(
    stream: ClientHttp2Stream,
    response: MessageName | "Empty",
    exchange: Exchange,
    events: Events<unknown>,
    ended: Call["ended"],
  ): void {
    const unframer = new Unframer();
    const finish = (trailers: IncomingHttpHeaders) => {
      const status = trailers["grpc-status"];
      if (status === undefined || status === "0") return;
      ended.error = readStatus(trailers);
      exchange.received = shorten(JSON.stringify({ status: Number(status), ...ended.error }, undefined, 2));
    };
    stream.on("response", finish);
    stream.on("trailers", finish);
    stream.on("data", (bytes: Buffer) => {
      try {
        for (const message of unframer.push(bytes)) {
          const event = response === "Empty" ? {} : decode(response, message);
          const text = JSON.stringify(event, undefined, 2);
          exchange.received = shorten(events.seen.length === 0 ? text : `${exchange.received}\n\n${text}`);
          events.add(event);
        }
      } catch (error) {
        stream.destroy(error instanceof Error ? error : undefined);
      }
    });
    stream.on("error", (error) => {
      ended.lost ??= this.line.lost(error);
      exchange.received = ended.lost;
      events.end("cut");
    });
    stream.on("close", () => events.end(stream.rstCode === 0 ? "closed" : "cut"));
  }
}

function readStatus(trailers: IncomingHttpHeaders): WireError {
  const details = trailers["grpc-status-details-bin"];
  const bytes = Buffer.from(typeof details === "string" ? details : "", "base64");
  const message = trailers["grpc-message"];
  return wireError(
    Number(trailers["grpc-status"]),
    typeof message === "string" ? unescaped(message) : undefined,
    statusDetails(bytes),
  );
}

function unescaped(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** Addresses without a scheme are reached over TLS, but for those of this machine. */
export function originOf(url: string): string {
  const [, scheme, authority = url] = /^(?:(\w+):\/\/)?([^/?#]*)/.exec(url) ?? [];
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/i.test(authority);
  const plain = scheme === undefined ? local : /^(http|grpc)$/i.test(scheme);
  return `${plain ? "http" : "https"}://${authority}`;
}
