/** gRPC, the client's side, without its I/O: what to send, and what came back (spec 10). */
import type { Buffer } from "node:buffer";
import { check } from "../../codec/index.js";
import { decode, encode, WireError } from "../../codec/protobuf/index.js";
import { A2AError, type MessageName, type Operation } from "../../protocol/index.js";
import { pathOf, toBuffer } from "./service.js";

/** One call: its path and bytes, and how to read what comes back. */
export interface GrpcClient {
  readonly path: string;
  readonly request: Buffer;
  /**
   * A response message, not yet checked against the schema.
   * @throws A2AError INVALID_AGENT_RESPONSE
   */
  response(bytes: Uint8Array): unknown;
}

/** @throws A2AError INVALID_PARAMS: what has no form in protobuf cannot be sent for the agent to refuse. */
export function grpcClient(operation: Operation, request: object): GrpcClient {
  const name = operation.request;
  return {
    path: pathOf(operation),
    request: toBuffer(encode(name, check(name, request))),
    response: (bytes) => (operation.response === "Empty" ? {} : readResponse(operation.response, bytes)),
  };
}

function readResponse(name: MessageName, bytes: Uint8Array): unknown {
  try {
    return decode(name, bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new A2AError("INVALID_AGENT_RESPONSE", `The agent's answer is not a ${name}: ${error.message}`);
  }
}
