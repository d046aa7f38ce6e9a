/**
 * gRPC for the client, by @grpc/grpc-js. Callers hand `grpc()` to `connect`; nothing else of the client knows it.
 * It calls what `bindings/grpc` says, over a channel of its own.
 */
import type { OlderGrpcClient } from "../../bindings/grpc/index.js";
import type { TransportProvider } from "../transport.js";
import { addressOf } from "./address.js";
import { GrpcTransport, type GrpcTransportOptions } from "./transport.js";

export type { GrpcCertificates, GrpcTransportOptions } from "./transport.js";

/**
 * Lets a client use the GRPC interface of a card.
 *
 * @example
 * const client = await connect("localhost:4100", { transports: [grpc()], bindings: ["GRPC"] });
 */
export function grpc(options: GrpcTransportOptions = {}): TransportProvider {
  const speaking = (version?: OlderGrpcClient): TransportProvider => ({
    binding: "GRPC",
    reaches: (url) => addressOf(url) !== undefined,
    open: (url, clientOptions) => new GrpcTransport(url, options, clientOptions, version),
  });
  return { ...speaking(), older: speaking };
}
