/** Calls on a gRPC channel. */
import type { Buffer } from "node:buffer";
import {
  Client as Channel,
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  Metadata,
} from "@grpc/grpc-js";
import {
  type GrpcCalls,
  grpcCalls,
  type OlderGrpcClient,
  type Pem,
  readPem,
} from "../../bindings/grpc/index.js";
import { type ClientOptions, defaults } from "../options.js";
import type { OutgoingCall, Transport } from "../transport.js";
import { addressOf } from "./address.js";
import { failureOf } from "./failure.js";
import { GrpcStream } from "./stream.js";

export interface GrpcTransportOptions {
  /**
   * `false` never uses TLS and `true` always; certificates imply it. If not told, `http:` and `grpc:` URLs and bare
   * addresses of this machine are reached without, all others over TLS.
   */
  readonly tls?: boolean | GrpcCertificates;
  /** Takes any certificate, where there is TLS; for development only. */
  readonly insecure?: boolean;
  /** Milliseconds of silence after which the connection is probed during calls; never if not told. */
  readonly keepaliveMillis?: number;
}

export interface GrpcCertificates {
  /** Authorities to trust, instead of the system's. */
  readonly ca?: Pem;
  /** The client's own certificate and its key. */
  readonly cert?: Pem;
  readonly key?: Pem;
}

const asIs = (bytes: Buffer): Buffer => bytes;

export class GrpcTransport implements Transport {
  readonly #channel: Channel;
  /** As it is shown. */
  readonly #origin: string;
  readonly #options: ClientOptions;
  readonly #calls: GrpcCalls;
  readonly #older: OlderGrpcClient | undefined;

  /**
   * @param url One that {@link addressOf} understands.
   * @param older The version that the agent speaks, if not 1.0.
   * @throws Error when a certificate cannot be read
   */
  constructor(
    url: string,
    { tls, insecure, keepaliveMillis }: GrpcTransportOptions,
    options: ClientOptions,
    older?: OlderGrpcClient,
  ) {
    const address = addressOf(url);
    if (address === undefined) throw new TypeError(`${url} is no address for gRPC`);
    const secure = tls === undefined ? address.tls : tls !== false;
    this.#origin = `${secure ? "https" : "http"}://${address.authority}`;
    this.#options = options;
    this.#calls = grpcCalls(older);
    this.#older = older;
    const creds = secure
      ? secureBy(typeof tls === "object" ? tls : {}, insecure)
      : credentials.createInsecure();
    this.#channel = new Channel(address.authority, creds, settings(options, keepaliveMillis));
  }

  async unary(outgoing: OutgoingCall): Promise<unknown> {
    const { operation, request, timeoutMs, signal } = outgoing;
    signal?.throwIfAborted();
    const { path, request: bytes, response, reason } = this.#calls(operation, request);
    const url = this.#origin + path;
    const metadata = this.#announce(url, outgoing);
    const deadline = Date.now() + timeoutMs;
    return new Promise((resolve, reject) => {
      const call = this.#channel.makeUnaryRequest(
        path,
        asIs,
        asIs,
        bytes,
        metadata,
        { deadline },
        (error, answer) => {
          signal?.removeEventListener("abort", cancel);
          if (error) return reject(failureOf(error, { origin: this.#origin, signal, reason }, timeoutMs));
          try {
            const message = response(answer as Buffer);
            const { onResponse } = this.#options;
            onResponse?.({ url, status: 200, headers: new Headers(), body: JSON.stringify(message) });
            resolve(message);
          } catch (unreadable) {
            reject(unreadable);
          }
        },
      );
      const cancel = () => call.cancel();
      signal?.addEventListener("abort", cancel);
    });
  }

  async stream(outgoing: OutgoingCall): Promise<GrpcStream> {
    const { operation, request, timeoutMs, signal } = outgoing;
    signal?.throwIfAborted();
    const { path, request: bytes, response, reason } = this.#calls(operation, request);
    const url = this.#origin + path;
    const call = this.#channel.makeServerStreamRequest(
      path,
      asIs,
      asIs,
      bytes,
      this.#announce(url, outgoing),
    );
    const stream = new GrpcStream(call, response, {
      origin: this.#origin,
      signal,
      reason,
      onEvent: this.#options.onEvent,
      check: outgoing.check,
    });
    const head = await stream.begun(timeoutMs);
    this.#options.onResponse?.({ url, status: 200, headers: head });
    return stream;
  }

  close(): void {
    this.#channel.close();
  }

  /** The metadata of a call, shown to whoever watches. */
  #announce(url: string, { headers, query, request }: OutgoingCall): Metadata {
    const metadata = new Metadata();
    const entries = { ...query, ...(this.#older?.headers(headers) ?? headers) };
    for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
    this.#options.onRequest?.({ method: "POST", url, headers: entries, body: JSON.stringify(request) });
    return metadata;
  }
}

function settings(options: ClientOptions, keepaliveMillis: number | undefined): ChannelOptions {
  const { maxResponseBytes = defaults.maxResponseBytes, maxEventLength = defaults.maxEventLength } = options;
  return {
    "grpc.max_receive_message_length": Math.max(maxResponseBytes, maxEventLength),
    "grpc.max_send_message_length": -1,
    // The client has its own waits between attempts, which the channel's would only get in the way of.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2_000,
    "grpc.use_local_subchannel_pool": 1,
    ...(keepaliveMillis !== undefined && { "grpc.keepalive_time_ms": keepaliveMillis }),
  };
}

function secureBy({ ca, cert, key }: GrpcCertificates, insecure = false): ChannelCredentials {
  const pem = (value: Pem | undefined) => (value === undefined ? null : readPem(value));
  return credentials.createSsl(pem(ca), pem(key), pem(cert), { rejectUnauthorized: !insecure });
}
