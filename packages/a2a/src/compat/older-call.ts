/** Calls as older versions make them: what is sent, and what the answers are in 1.0. */
import type { WireCall } from "../bindings/client.js";
import { A2AError, type Operation } from "../protocol/index.js";

/** An operation as a method of JSON-RPC. */
export interface JsonrpcWords {
  readonly method: string;
  readonly params: object | undefined;
  /** A result, or an event of a stream, as 1.0 has it, yet unchecked. */
  readonly read: (value: unknown) => unknown;
}

export type InJsonrpc = (operation: Operation, request: object) => JsonrpcWords;

/** The call, whose answers are read. */
export function reading(read: (value: unknown) => unknown, call: WireCall): WireCall {
  return {
    ...call,
    answer: (answer) => readAnswer(read, call.answer(answer)),
    event: (data) => readAnswer(read, call.event(data)),
  };
}

/** @throws A2AError INVALID_AGENT_RESPONSE for what a request would be refused for as INVALID_PARAMS */
export function readAnswer<T>(read: (value: T) => unknown, value: T): unknown {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof A2AError) || error.reason !== "INVALID_PARAMS") throw error;
    const { message, violations } = error;
    throw new A2AError("INVALID_AGENT_RESPONSE", message, { violations });
  }
}
