/**
 * Calls to agents whose card does not say that they speak anything newer than 0.1. It does not say either that they
 * do not speak 0.2, so the first call finds out: methods of 0.2, then those of 0.1, then plain HTTP, each where the
 * one before is not known, and so nothing was done.
 */
import type { ClientBinding, WireCall } from "../../bindings/client.js";
import { jsonrpcCalls } from "../../bindings/jsonrpc/client.js";
import { overHttp } from "../../client/http-transport.js";
import type { OutgoingCall, TransportProvider } from "../../client/transport.js";
import { A2AError, type ErrorReason, type Operation } from "../../protocol/index.js";
import { type InJsonrpc, reading } from "../older-call.js";
import { inJsonrpc as inNewer } from "../v0_3/client.js";
import { isUntagged } from "./answers.js";
import { plainCall } from "./plain.js";
import { inJsonrpc as inOlder } from "./requests.js";
import { settling } from "./settling.js";

/** A way to make a call, where it has one for the operation. */
type Way = (operation: Operation, request: object) => WireCall;

/** How it is said that there is no such method; the first servers of 0.1 call it an invalid request. */
const unknown: readonly ErrorReason[] = ["METHOD_NOT_FOUND", "METHOD_NOT_ALLOWED", "INVALID_REQUEST"];

function client(url: string): ClientBinding {
  const call = jsonrpcCalls(url);
  const saying =
    (words: InJsonrpc): Way =>
    (operation, request) => {
      const { method, params, read } = words(operation, request);
      return reading(read, call(method, params, operation));
    };
  const ways: readonly Way[] = [
    saying(inNewer),
    saying(inOlder),
    (operation, request) => plainCall(url, operation, request),
  ];
  const [newer, older] = ways as [Way, Way];
  let known: Way | undefined;

  /** A method that both versions have, with the same params: the answer tells which of them it is. */
  const shared: Way = (operation, request) => {
    const [inFirst, inSecond] = [inNewer(operation, request), inOlder(operation, request)];
    const read = (value: unknown) => {
      known = isUntagged(value) ? older : newer;
      return (isUntagged(value) ? inSecond : inFirst).read(value);
    };
    return reading(read, call(inSecond.method, inSecond.params, operation));
  };

  return {
    calls(operation, request) {
      if (known !== undefined) return [known(operation, request)];
      const candidates = isShared(operation) ? [shared, ...ways.slice(2)] : ways;
      const open = candidates.flatMap((way) => {
        const made = attempt(() => way(operation, request));
        return made instanceof A2AError ? [] : [{ way, made }];
      });
      if (open.length === 0) return [newer(operation, request)];
      let refusal: unknown;
      return open.map(({ way, made }, i) => {
        const tried = (read: () => unknown) => {
          try {
            const value = read();
            if (way !== shared) known = way;
            return value;
          } catch (error) {
            if (!(error instanceof A2AError) || !unknown.includes(error.reason)) throw error;
            refusal ??= error;
            // The next one is tried; after the last, the first refusal says most.
            throw i === open.length - 1 ? refusal : new A2AError("METHOD_NOT_FOUND", error.message);
          }
        };
        return {
          request: made.request,
          answer: (answer) => tried(() => made.answer(answer)),
          event: (data) => tried(() => made.event(data)),
        };
      });
    },
  };
}

const isShared = ({ name }: Operation): boolean =>
  name === "GetTask" || name === "CancelTask" || name === "SubscribeToTask";

function attempt<T>(work: () => T): T | A2AError {
  try {
    return work();
  } catch (error) {
    if (error instanceof A2AError) return error;
    throw error;
  }
}

/** It has neither versions nor extensions that one could ask for. */
function serviceHeaders(headers: OutgoingCall["headers"]): OutgoingCall["headers"] {
  const { "a2a-version": _, "a2a-extensions": __, ...same } = headers;
  return same;
}

const jsonrpc = overHttp("JSONRPC", client, serviceHeaders);

export const clientTransports: readonly TransportProvider[] = [
  { ...jsonrpc, open: (url, options) => settling(jsonrpc.open(url, options)) },
];
