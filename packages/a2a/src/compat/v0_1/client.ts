/**
 * Calls to agents whose card does not say that they speak anything newer than 0.1. It does not say either that they
 * do not speak 0.2, so the first call finds out: methods of 0.2, then those of 0.1, then plain HTTP, each where the
 * one before is not known, and so nothing was done.
 */
import type { ClientBinding, WireCall } from "../../bindings/client.js";
import { jsonrpcCalls } from "../../bindings/jsonrpc/client.js";
import type { OutgoingCall } from "../../client/transport.js";
import type { HttpClients } from "../../client/version.js";
import { A2AError, type ErrorReason, type Operation, type OperationName } from "../../protocol/index.js";
import { type JsonrpcWords, reading } from "../older-call.js";
import { inJsonrpc as inNewer } from "../v0_3/client.js";
import { isUntagged } from "./answers.js";
import { plainCall } from "./plain.js";
import { inJsonrpc as inOlder } from "./requests.js";

/** A way to make a call, where it has one for the operation. */
type Way = (operation: Operation, request: object) => WireCall;

/** How it is said that there is no such method; the first servers of 0.1 call it an invalid request. */
const unknown: readonly ErrorReason[] = ["METHOD_NOT_FOUND", "METHOD_NOT_ALLOWED", "INVALID_REQUEST"];

/** Methods with one name and the same params in both versions. */
const shared: readonly OperationName[] = ["GetTask", "CancelTask", "SubscribeToTask"];

class FindingOut implements ClientBinding {
  readonly #call: ReturnType<typeof jsonrpcCalls>;
  readonly #newer: Way;
  readonly #older: Way;
  readonly #plain: Way;
  /** The way that has succeeded. */
  #known: Way | undefined;

  constructor(url: string) {
    this.#call = jsonrpcCalls(url);
    this.#newer = (operation, request) => this.#said(inNewer(operation, request), operation);
    this.#older = (operation, request) => this.#said(inOlder(operation, request), operation);
    this.#plain = (operation, request) => plainCall(url, operation, request);
  }

  calls(operation: Operation, request: object): readonly WireCall[] {
    if (this.#known !== undefined) return [this.#known(operation, request)];
    const ways = shared.includes(operation.name)
      ? [this.#both, this.#plain]
      : [this.#newer, this.#older, this.#plain];
    let wordless: A2AError | undefined;
    const open = ways.flatMap((way) => {
      const made = attempt(() => way(operation, request));
      if (!(made instanceof A2AError)) return { way, made };
      wordless = made;
      return [];
    });
    if (wordless !== undefined && open.length === 0) throw wordless;
    let refusal: unknown;
    return open.map(({ way, made }, i) => {
      // The next one is tried. After the last: a way that has no words for it may be the agent's.
      const refused = (error: A2AError) => {
        refusal ??= wordless ?? error;
        return i === open.length - 1 ? refusal : new A2AError("METHOD_NOT_FOUND", error.message);
      };
      return {
        request: made.request,
        answer: (answer) => this.#tried(way, () => made.answer(answer), refused),
        event: (data) => this.#tried(way, () => made.event(data), refused),
      };
    });
  }

  #said({ method, params, read }: JsonrpcWords, operation: Operation): WireCall {
    return reading(read, this.#call(method, params, operation));
  }

  /** One call in the words of both: the answer tells which of them it is in. */
  readonly #both: Way = (operation, request) => {
    const newer = inNewer(operation, request);
    const older = inOlder(operation, request);
    const read = (value: unknown) => {
      this.#known = isUntagged(value) ? this.#older : this.#newer;
      return (isUntagged(value) ? older : newer).read(value);
    };
    return this.#said({ ...older, read }, operation);
  };

  #tried(way: Way, read: () => unknown, refused: (error: A2AError) => unknown): unknown {
    try {
      const value = read();
      if (way !== this.#both) this.#known = way;
      return value;
    } catch (error) {
      throw error instanceof A2AError && unknown.includes(error.reason) ? refused(error) : error;
    }
  }
}

function attempt<T>(work: () => T): T | A2AError {
  try {
    return work();
  } catch (error) {
    if (error instanceof A2AError) return error;
    throw error;
  }
}

/** It has neither versions nor extensions that one could ask for. */
export function serviceHeaders(headers: OutgoingCall["headers"]): OutgoingCall["headers"] {
  const { "a2a-version": _, "a2a-extensions": __, ...same } = headers;
  return same;
}

export const clients: HttpClients = { JSONRPC: (url) => new FindingOut(url) };
