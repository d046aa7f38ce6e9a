/** What an older version of A2A is to a client: it reads that version's cards, and carries calls to its interfaces. */
import type { OlderGrpcClient } from "../bindings/grpc/wire.js";
import type { TransportProvider } from "./transport.js";

export interface ClientVersion {
  /** The values of `protocolVersion` (Major.Minor) that it speaks, its own first. */
  readonly names: readonly [string, ...string[]];
  readonly transports: readonly TransportProvider[];
  /** Its service, where it is spoken over gRPC: for the client's own `grpc()` to carry. */
  readonly grpc?: OlderGrpcClient;
  /** A card of its own as 1.0 has it, not yet checked against the schema; undefined for anything else. */
  readCard(value: unknown): unknown;
}
