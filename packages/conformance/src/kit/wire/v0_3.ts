/** A2A 0.3 over its two HTTP bindings. */
import { Events } from "./events.js";
import type { Exchange } from "./exchange.js";
import { type HttpAnswer, type HttpAsk, http, httpStream } from "./http.js";
import { at, type Fields, fieldsOf, isFields, parsed } from "./json.js";
import { readEnvelope } from "./jsonrpc.js";
import type { Line } from "./line.js";

/** Method of JSON-RPC, and verb and path of HTTP+JSON below `/v1` with the name of the field in it (0.3, 3.5.6). */
const methods = {
  "message/send": ["POST", "/message:send"],
  "message/stream": ["POST", "/message:stream"],
  "tasks/get": ["GET", "/tasks/{id}"],
  "tasks/cancel": ["POST", "/tasks/{id}:cancel"],
} as const;

export type OldMethod = keyof typeof methods;

export interface OldAnswer {
  readonly exchange: Exchange;
  readonly result?: unknown;
  /** The JSON-RPC code, or the HTTP status. */
  readonly error?:
    | { readonly code: unknown /** Whether it is JSON. */; readonly readable?: boolean }
    | undefined;
}

export class OldWire {
  /** Whether messages have to be sent in the form of the proto file, which SDKs use over HTTP+JSON. */
  #protoForm = false;

  constructor(
    readonly line: Line,
    readonly binding: "JSONRPC" | "HTTP+JSON",
    readonly url: string,
  ) {}

  /** Any JSON-RPC body. */
  post(body: string): Promise<HttpAnswer> {
    return http(this.line, this.#ask("POST", this.url, body));
  }

  /** SendMessage in either form: what is refused in one is tried in the other. */
  async send(text: string, configuration?: object): Promise<OldAnswer> {
    const answer = await this.call("message/send", this.params(text, configuration));
    if (this.binding === "JSONRPC" || answer.error === undefined || this.#protoForm) return answer;
    this.#protoForm = true;
    const again = await this.call("message/send", this.params(text, configuration));
    if (again.error !== undefined) this.#protoForm = false;
    return again.error === undefined ? again : answer;
  }

  params(text: string, configuration?: object): object {
    const message = this.#protoForm
      ? { messageId: crypto.randomUUID(), role: "ROLE_USER", content: [{ text }] }
      : { kind: "message", messageId: crypto.randomUUID(), role: "user", parts: [{ kind: "text", text }] };
    return { message, ...(configuration && { configuration }) };
  }

  async call(method: OldMethod, params: object): Promise<OldAnswer> {
    if (this.binding === "JSONRPC") return this.rpc(method, params);
    const { exchange, status, body } = await http(this.line, this.#route(method, params));
    const value = parsed(body);
    return status < 300
      ? { exchange, result: value }
      : { exchange, error: { code: status, readable: isFields(value) } };
  }

  async rpc(method: string, params: object): Promise<OldAnswer> {
    const { body, exchange } = await this.post(envelope(method, params));
    const { result, error } = readEnvelope(parsed(body));
    return error === undefined ? { exchange, result } : { exchange, error };
  }

  /** The events of a stream, each as it would be the result of a call. */
  async stream(text: string): Promise<{ exchange: Exchange; events: Events<Fields>; error: boolean }> {
    const params = this.params(text);
    const ask =
      this.binding === "JSONRPC"
        ? this.#ask("POST", this.url, envelope("message/stream", params))
        : this.#route("message/stream", params);
    const streaming = { ...ask, headers: { ...ask.headers, accept: "text/event-stream" } };
    const read = (data: string) => {
      const value = fieldsOf(parsed(data));
      return this.binding === "JSONRPC" ? fieldsOf(value["result"]) : value;
    };
    const { answer, events } = await httpStream(this.line, streaming, read);
    await events?.until(() => events.ended !== undefined, this.line.patience);
    return { exchange: answer.exchange, events: events ?? new Events(() => {}), error: events === undefined };
  }

  #route(method: OldMethod, params: object): HttpAsk {
    const [verb, path] = methods[method];
    const { id, ...rest } = fieldsOf(params);
    const base = this.url.replace(/\/+$/, "").replace(/\/v1$/, "");
    const url = `${base}/v1${path.replace("{id}", encodeURIComponent(String(id)))}`;
    if (verb === "POST") return this.#ask(verb, url, JSON.stringify(rest));
    const query = new URLSearchParams(
      Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    return this.#ask(verb, query === "" ? url : `${url}?${query}`);
  }

  #ask(method: string, url: string, body?: string): HttpAsk {
    return {
      method,
      url,
      headers: {
        accept: "application/json",
        "a2a-version": "0.3",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body,
    };
  }
}

export function envelope(method: string, params: object, id: unknown = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** The task of an answer: itself, or inside of what HTTP+JSON puts around it. */
export function oldTask(result: unknown): Fields | undefined {
  const inner = at(result, "task") ?? result;
  return isFields(inner) && isFields(inner["status"]) ? inner : undefined;
}
