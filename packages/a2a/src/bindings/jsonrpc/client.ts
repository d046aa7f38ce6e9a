/** Calls operations as JSON-RPC 2.0 over HTTP POST (spec 9). */
import { A2AError, type Operation } from "../../protocol/index.js";
import type { ClientBinding, WireAnswer, WireCall } from "../client.js";
import { asObject, parseJson, readError, tryParseJson } from "../read-error.js";

/** @param url The interface's URL, which every request goes to. */
export function jsonrpcClient(url: string): ClientBinding {
  const call = jsonrpcCalls(url);
  return { calls: (operation, request) => [call(operation.name, request, operation)] };
}

/** Makes calls of methods by any name; ids count up. */
export function jsonrpcCalls(url: string) {
  let lastId = 0;
  return (method: string, params: object | undefined, { streaming, response }: Operation): WireCall => {
    const id = ++lastId;
    const empty = response === "Empty";
    return {
      request: {
        method: "POST",
        url,
        headers: {
          "content-type": "application/json",
          accept: streaming ? "text/event-stream, application/json" : "application/json",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      },
      answer: (answer) => resultOf(answer.body, { id, empty }, answer),
      event: (data) => resultOf(data, { id, empty }),
    };
  };
}

interface Expected {
  readonly id: number;
  /** No result is expected: some servers then leave the member out. */
  readonly empty: boolean;
}

/**
 * The result of a response object. An error may come without its id, when the server could not read the request,
 * and an HTTP error without a response object, when something in between answered.
 */
function resultOf(text: string, { id, empty }: Expected, answer?: WireAnswer): unknown {
  const failed = answer !== undefined && (answer.status < 200 || answer.status > 299);
  const response = asObject(failed ? tryParseJson(text) : parseJson(text));
  if (response.error !== undefined && response.error !== null) throw readError(response.error, answer);
  if (failed) throw readError(undefined, answer);
  const { result = empty ? null : undefined } = response;
  // Some agents give a number back as text, which is nobody else's either.
  if (response.jsonrpc !== "2.0" || String(response.id) !== String(id) || result === undefined) {
    throw new A2AError(
      "INVALID_AGENT_RESPONSE",
      "The agent's answer is not the JSON-RPC response to the request",
    );
  }
  return result;
}
