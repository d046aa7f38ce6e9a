/**
 * What a binding's client side is: an interpreter that turns an operation into HTTP requests and their
 * answers back into values. It does no I/O; the client room sends, retries and resumes.
 */
import type { Operation } from "../protocol/index.js";

/** Bindings this SDK can call. */
export type ClientBindingName = "JSONRPC" | "HTTP+JSON" | "GRPC";

/** An HTTP request, ready to be sent. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP answer that is no event stream. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One way to make a call, and how to read what comes back. */
export interface WireCall {
  readonly request: WireRequest;
  /**
   * The response message, not yet checked against the schema.
   * @throws A2AError the error that was answered; INVALID_AGENT_RESPONSE when it is no answer at all.
   */
  answer(answer: WireAnswer): unknown;
  /** The same for the data of one event of a stream. */
  event(data: string): unknown;
}

export interface ClientBinding {
  /**
   * The call, in the ways to try: the next one is for servers that do not know the route of the one before.
   * @param request Valid for the operation; `tenant` set where the interface has one.
   */
  calls(operation: Operation, request: object): readonly WireCall[];
}
