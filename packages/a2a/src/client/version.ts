/**
 * What another version of A2A is to a client: how it reads that version's cards, what it sends to its interfaces, and
 * how it reads what comes back. A version does no I/O.
 */
import type { ClientBinding, ClientBindingName } from "../bindings/client.js";
import type { OlderGrpcClient } from "../bindings/grpc/wire.js";
import type { Check } from "../codec/index.js";
import type { OutgoingCall } from "./transport.js";

/** The client's side of each binding that is carried by HTTP, for an interface's URL. */
export type HttpClients = Readonly<Partial<Record<ClientBindingName, (url: string) => ClientBinding>>>;

export interface ClientVersion {
  /** The values of `protocolVersion` (Major.Minor) that it speaks, its own first. */
  readonly names: readonly [string, ...string[]];
  /** It goes before 1.0 where an agent offers it, and cards are asked for in it. */
  readonly newer?: true;
  readonly clients: HttpClients;
  /** The names and values that service parameters have in it. */
  serviceHeaders(headers: OutgoingCall["headers"]): OutgoingCall["headers"];
  /** Its agents may answer a message before the task has ended or paused, without being asked to. */
  readonly answersEarly?: true;
  /** Checks answers, where their messages have more fields than those of 1.0. */
  readonly check?: Check;
  /** Its service, where it is spoken over gRPC: for the client's own `grpc()` to carry. */
  readonly grpc?: OlderGrpcClient;
  /** A card of its own as 1.0 has it, not yet checked against the schema; undefined for anything else. */
  readCard(value: unknown): unknown;
}
