/** JSON-RPC (spec 9). */
import { type ErrorReason, errors, type OperationName } from "@parley/a2a/protocol";
import { wireError } from "./errors.js";
import { Events } from "./events.js";
import { type HttpAnswer, type HttpAsk, http, httpStream } from "./http.js";
import { fieldsOf, isFields, parsed } from "./json.js";
import type { Line } from "./line.js";
import {
  type Answer,
  type Stream,
  versionHeader,
  type Wire,
  type WireError,
  type WireOptions,
} from "./wire.js";

export class JsonRpcWire implements Wire {
  readonly binding = "JSONRPC";

  constructor(
    readonly line: Line,
    readonly url: string,
    readonly tenant?: string | undefined,
  ) {}

  codeOf(reason: ErrorReason): number {
    return errors[reason].jsonrpc;
  }

  /** Any body, as it is. */
  post(body: string, options: WireOptions = {}): Promise<HttpAnswer> {
    return http(this.line, this.#ask(body, "application/json", options));
  }

  async call(operation: OperationName, request: object, options: WireOptions = {}): Promise<Answer> {
    const answer = await this.post(this.envelope(operation, request), options);
    return { ...readEnvelope(parsed(answer.body)), ...about(answer) };
  }

  async open(operation: OperationName, request: object, options: WireOptions = {}): Promise<Stream> {
    const ask = this.streamAsk(this.envelope(operation, request), options);
    let refusal: WireError | undefined;
    const { answer, events } = await httpStream(this.line, ask, (data) => {
      const { result, error } = readEnvelope(parsed(data));
      refusal ??= error;
      return result;
    });
    if (events === undefined)
      return { ...about(answer), ...readEnvelope(parsed(answer.body)), events: new Events(() => {}) };
    // An error may come as the only event.
    await events.until(() => events.seen.length > 0, this.line.patience);
    return { ...about(answer), ...(refusal && { error: refusal }), events };
  }

  streamAsk(body: string, options: WireOptions = {}): HttpAsk {
    return this.#ask(body, "text/event-stream, application/json", options);
  }

  envelope(method: string, params: object, id: unknown = 1): string {
    const tenant = this.tenant === undefined ? {} : { tenant: this.tenant };
    return JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...tenant, ...params } });
  }

  #ask(body: string, accept: string, options: WireOptions): HttpAsk {
    const { headers, credentials } = options;
    return {
      method: "POST",
      url: this.url,
      headers: { "content-type": "application/json", accept, ...versionHeader(options), ...headers },
      body,
      ...(credentials !== undefined && { credentials }),
    };
  }

  close(): void {}
}

/** A result, or an error; an answer with neither counts as an empty result, for a check of its own to find. */
export function readEnvelope(body: unknown): Pick<Answer, "result" | "error"> {
  if (!isFields(body)) return { error: wireError(undefined, "(no JSON-RPC answer)", undefined) };
  const { result, error } = body;
  if (error === undefined || error === null) return { result: result ?? {} };
  const { code, message, data } = fieldsOf(error);
  return { error: wireError(code, message, data) };
}

export function about({ exchange, headers, status }: HttpAnswer) {
  return { exchange, headers, status };
}
