/** gRPC (spec 10). */
import { decode, encode } from "@parley/a2a/protobuf";
import { type ErrorReason, errors, grpcCodes, type OperationName, operations } from "@parley/a2a/protocol";
import { type GrpcCall, GrpcChannel, type GrpcMethod } from "./grpc-channel.js";
import type { Line } from "./line.js";
import { type Answer, type Stream, versionHeader, type Wire, type WireOptions } from "./wire.js";

export class GrpcWire implements Wire {
  readonly binding = "GRPC";
  readonly #channel: GrpcChannel;

  constructor(
    readonly line: Line,
    readonly url: string,
    readonly tenant?: string | undefined,
  ) {
    this.#channel = new GrpcChannel(line, url);
  }

  codeOf(reason: ErrorReason): number {
    return grpcCodes[errors[reason].grpc];
  }

  async call(operation: OperationName, request: object, options: WireOptions = {}): Promise<Answer> {
    return this.#channel.answer(this.#start(operation, request, options));
  }

  async open(operation: OperationName, request: object, options: WireOptions = {}): Promise<Stream> {
    const { exchange, events, ended } = this.#start(operation, request, options);
    await events.until(() => events.seen.length > 0, this.line.patience);
    return { exchange, ...(ended.error && { error: ended.error }), events };
  }

  close(): void {
    this.#channel.close();
  }

  #start(operation: OperationName, request: object, options: WireOptions): GrpcCall {
    const tenant = this.tenant === undefined ? {} : { tenant: this.tenant };
    return this.#channel.start(
      methodOf(operation),
      { ...tenant, ...request },
      {
        ...(options.credentials !== false && this.line.headers),
        ...versionHeader(options),
        ...options.headers,
      },
    );
  }
}

function methodOf(name: OperationName): GrpcMethod {
  const { request, response } = operations[name];
  return {
    service: "lf.a2a.v1.A2AService",
    name,
    encode: (message) => encode(request, message as never),
    decode: (bytes) => (response === "Empty" ? {} : decode(response, bytes)),
  };
}
