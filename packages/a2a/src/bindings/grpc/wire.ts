/**
 * What a version of A2A is over gRPC, as data: a service, and what its messages are in bytes. Nothing here needs
 * @grpc/grpc-js, so that an older version can bring its own without loading it.
 */
import { type Check, type Schema, schema } from "../../codec/index.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import {
  type AgentCard,
  type ErrorReason,
  type grpcCodes,
  type Operation,
  type OperationName,
  operations,
} from "../../protocol/index.js";

/** One method: which operation it is, and its messages by their names in the schema. */
export interface GrpcMethod {
  readonly name: string;
  readonly operation: OperationName;
  readonly request: string;
  /** "Empty" where there is none. */
  readonly response: string;
}

export interface GrpcWire {
  /** Its service is `A2AService` of this package. */
  readonly package: string;
  readonly schema: Schema;
  readonly methods: readonly GrpcMethod[];
  /** The metadata that says which extensions are in use. */
  readonly extensionsKey: string;
  /** Statuses of errors, where they are not those of the table. */
  readonly codes?: Partial<Record<ErrorReason, keyof typeof grpcCodes>>;
}

/** A2A 1.0: the operations table. */
export const current: GrpcWire = {
  package: "lf.a2a.v1",
  schema,
  methods: Object.values<Operation>(operations).map(({ name, request, response }) => ({
    name,
    operation: name,
    request,
    response,
  })),
  extensionsKey: "a2a-extensions",
};

export const serviceOf = (wire: Pick<GrpcWire, "package">): string => `${wire.package}.A2AService`;

/** What an older version brings for the server: its dispatcher takes and gives messages of its schema. */
export interface OlderGrpcServer extends GrpcWire {
  /** @param card The public one, as it is now, if there is one. */
  dispatcher(current: Dispatcher, card: () => AgentCard | undefined): Dispatcher;
}

/** What another version brings for the client, which speaks 1.0. */
export interface OlderGrpcClient extends GrpcWire {
  /** Checks requests, where they have more fields than those of 1.0. */
  readonly check?: Check;
  /** The names and values that metadata has in it. */
  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /**
   * A request as a message of its schema.
   * @throws A2AError UNSUPPORTED_OPERATION for what it cannot say
   */
  request(operation: Operation, request: object): object;
  /**
   * A response as 1.0 has it, yet unchecked.
   * @throws A2AError INVALID_AGENT_RESPONSE for what has no form in 1.0
   */
  answer(operation: Operation, message: object): unknown;
  /** What a status without details means; undefined where it means the same as in 1.0. */
  reason(operation: Operation, code: number, message: string): ErrorReason | undefined;
}
