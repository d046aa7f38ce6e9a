/** gRPC, the client's side, without its I/O: what to send, and what came back (spec 10). */
import type { Buffer } from "node:buffer";
import { check } from "../../codec/index.js";
import { protobuf, WireError } from "../../codec/protobuf/index.js";
import { A2AError, type ErrorReason, type Operation } from "../../protocol/index.js";
import { pathOf, toBuffer } from "./service.js";
import { current, type OlderGrpcClient } from "./wire.js";

/** One call: its path and bytes, and how to read what comes back. */
export interface GrpcClient {
  readonly path: string;
  readonly request: Buffer;
  /**
   * A response message, not yet checked against the schema.
   * @throws A2AError INVALID_AGENT_RESPONSE
   */
  response(bytes: Uint8Array): unknown;
  /** What a status that comes without details means, where the code alone does not say it. */
  reason(code: number, message: string): ErrorReason | undefined;
}

/** @throws A2AError INVALID_PARAMS: what has no form in protobuf cannot be sent for the agent to refuse. */
export type GrpcCalls = (operation: Operation, request: object) => GrpcClient;

/** @param older The version that the agent speaks, if not 1.0. */
export function grpcCalls(older?: OlderGrpcClient): GrpcCalls {
  const wire = older ?? current;
  const codec = protobuf(wire.schema);
  const methods = new Map(wire.methods.map((method) => [method.operation, method]));
  return (operation, request) => {
    const checked: object = (older?.check ?? check)(operation.request, request);
    const message = older ? older.request(operation, checked) : checked;
    const method = methods.get(operation.name);
    if (method === undefined) throw new TypeError(`${wire.package} has no method for ${operation.name}`);
    const { response } = method;
    return {
      path: pathOf(wire, method),
      request: toBuffer(codec.encode(method.request, message)),
      response(bytes) {
        if (response === "Empty") return {};
        const answer = readable(response, () => codec.decode(response, bytes));
        return older ? older.answer(operation, answer) : answer;
      },
      reason: (code, message) => older?.reason(operation, code, message),
    };
  };
}

function readable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new A2AError("INVALID_AGENT_RESPONSE", `The agent's answer is not a ${name}: ${error.message}`);
  }
}
