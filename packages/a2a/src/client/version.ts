/** What another version of A2A is to a client: it reads that version's cards, and carries calls to its interfaces. */
import type { OlderGrpcClient } from "../bindings/grpc/wire.js";
import type { Check } from "../codec/index.js";
import type { TransportProvider } from "./transport.js";

export interface ClientVersion {
  /** The values of `protocolVersion` (Major.Minor) that it speaks, its own first. */
  readonly names: readonly [string, ...string[]];
  /** It goes before 1.0 where an agent offers it, and cards are asked for in it. */
  readonly newer?: true;
  readonly transports: readonly TransportProvider[];
  /** Checks answers, where their messages have more fields than those of 1.0. */
  readonly check?: Check;
  /** Its service, where it is spoken over gRPC: for the client's own `grpc()` to carry. */
  readonly grpc?: OlderGrpcClient;
  /** A card of its own as 1.0 has it, not yet checked against the schema; undefined for anything else. */
  readCard(value: unknown): unknown;
}
