/** JSON-RPC as versions before 1.0 have it. */
import { Events } from "./events.js";
import { type HttpAnswer, type HttpAsk, http, httpStream } from "./http.js";
import { type Fields, fieldsOf, parsed } from "./json.js";
import { readEnvelope } from "./jsonrpc.js";
import type { Line } from "./line.js";
import type { OldAnswer, OldStream } from "./old.js";

export class OldJsonRpc {
  readonly binding = "JSONRPC";

  /** @param headers What every call carries beside what the run carries. */
  constructor(
    readonly line: Line,
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Any body. */
  post(body: string): Promise<HttpAnswer> {
    return http(this.line, this.#ask(body, "application/json"));
  }

  async call(method: string, params: object): Promise<OldAnswer> {
    const { body, exchange } = await this.post(envelope(method, params));
    const { result, error } = readEnvelope(parsed(body));
    return error === undefined ? { exchange, result } : { exchange, error };
  }

  stream(method: string, params: object): Promise<OldStream> {
    const ask = this.#ask(envelope(method, params), "text/event-stream");
    return wholeStream(this.line, ask, (event) => fieldsOf(event["result"]));
  }

  close(): void {}

  #ask(body: string, accept: string): HttpAsk {
    const headers = { accept, "content-type": "application/json", ...this.headers };
    return { method: "POST", url: this.url, headers, body };
  }
}

export function envelope(method: string, params: object, id: unknown = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Reads a stream to its end. */
export async function wholeStream(
  line: Line,
  ask: HttpAsk,
  read: (event: Fields) => Fields,
): Promise<OldStream> {
  const { answer, events } = await httpStream(line, ask, (data) => read(fieldsOf(parsed(data))));
  await events?.until(() => events.ended !== undefined, line.patience);
  events?.close();
  return { exchange: answer.exchange, events: events ?? new Events(() => {}), error: events === undefined };
}
