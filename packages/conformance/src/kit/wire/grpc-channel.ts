/** Calls of gRPC on HTTP/2 itself, whatever service they are of. */
import { Buffer } from "node:buffer";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { Failed } from "../check.js";
import { wireError } from "./errors.js";
import { Events } from "./events.js";
import { type Exchange, headerLines, shorten, textOf } from "./exchange.js";
import { frame, statusDetails, Unframer } from "./grpc-frames.js";
import type { Fields } from "./json.js";
import type { Line } from "./line.js";
import type { Answer, WireError } from "./wire.js";

/** What is called: the method and how its messages are bytes. */
export interface GrpcMethod {
  readonly service: string;
  readonly name: string;
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): Fields;
}

/** A call under way. */
export interface GrpcCall {
  readonly exchange: Exchange;
  readonly events: Events<Fields>;
  /** What the call ended with, undefined while it goes on. */
  readonly ended: { error?: WireError | undefined; lost?: string };
}

export class GrpcChannel {
  #session: ClientHttp2Session | undefined;

  constructor(
    readonly line: Line,
    readonly url: string,
  ) {}

  /**
   * @param headers All that the call carries.
   * @throws Untested when no time is left
   */
  start(method: GrpcMethod, message: object, headers: Readonly<Record<string, string>>): GrpcCall {
    const { service, name } = method;
    const lines = headerLines(Object.entries(headers), this.line.secret);
    const exchange: Exchange = {
      sent: textOf(`gRPC ${service}/${name} at ${this.url}`, lines, JSON.stringify(message)),
      received: "(nothing)",
    };
    const signal = this.line.request();
    const stream = this.#connected().request({
      ":method": "POST",
      ":path": `/${service}/${name}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const events = new Events<Fields>(() => stream.close(constants.NGHTTP2_CANCEL));
    const ended: GrpcCall["ended"] = {};
    this.#read(stream, method, { exchange, events, ended });
    signal.addEventListener("abort", () => {
      ended.lost = this.line.lost(signal.reason);
      stream.close(constants.NGHTTP2_CANCEL);
      events.end("cut");
    });
    stream.end(frame(method.encode(message)));
    return { exchange, events, ended };
  }

  /** The one message that answers a call. @throws Failed when there is neither it nor an error */
  async answer({ exchange, events, ended }: GrpcCall): Promise<Answer> {
    await events.until(() => events.ended !== undefined, this.line.patience);
    if (ended.error) return { exchange, error: ended.error };
    if (events.seen.length === 0) throw new Failed("an answer", exchange, ended.lost ?? "no message came");
    return { exchange, result: events.seen[0] };
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
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

  #read(stream: ClientHttp2Stream, { decode }: GrpcMethod, { exchange, events, ended }: GrpcCall): void {
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
          const event = decode(message);
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
