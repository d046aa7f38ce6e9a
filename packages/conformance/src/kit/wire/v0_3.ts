/** A2A 0.3 over its two HTTP bindings. */
import { Events } from "./events.js";
import { type HttpAnswer, type HttpAsk, http, httpStream } from "./http.js";
import { fieldsOf, isFields, parsed } from "./json.js";
import { readEnvelope } from "./jsonrpc.js";
import type { Line } from "./line.js";
import { envelope, eventResult, type OldAnswer, type OldStream, type OldWire } from "./old.js";

/** Verb and path of HTTP+JSON below `/v1`, with the name of the field in it (0.3, 3.5.6). */
const routes = {
  "message/send": ["POST", "/message:send"],
  "message/stream": ["POST", "/message:stream"],
  "tasks/get": ["GET", "/tasks/{id}"],
  "tasks/cancel": ["POST", "/tasks/{id}:cancel"],
  "tasks/resubscribe": ["POST", "/tasks/{id}:subscribe"],
} as const;

/** Methods that every binding has. */
export type OldMethod = keyof typeof routes;

/** The header fields of 0.3 beside those of the run. */
export function oldHeaders({ headers }: Line): Record<string, string> {
  const { "a2a-extensions": extensions } = headers;
  return { "a2a-version": "0.3", ...(extensions !== undefined && { "x-a2a-extensions": extensions }) };
}

export class OldHttpWire implements OldWire<OldMethod> {
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
  async send(text: string): Promise<OldAnswer> {
    const answer = await this.call("message/send", this.params(text));
    if (this.binding === "JSONRPC" || answer.error === undefined || this.#protoForm) return answer;
    this.#protoForm = true;
    const again = await this.call("message/send", this.params(text));
    if (again.error !== undefined) this.#protoForm = false;
    return again.error === undefined ? again : answer;
  }

  params(text: string): object {
    const message = this.#protoForm
      ? { messageId: crypto.randomUUID(), role: "ROLE_USER", content: [{ text }] }
      : { kind: "message", messageId: crypto.randomUUID(), role: "user", parts: [{ kind: "text", text }] };
    return { message };
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

  async stream(method: OldMethod, params: object): Promise<OldStream> {
    const rpc = this.binding === "JSONRPC";
    const ask = rpc ? this.#ask("POST", this.url, envelope(method, params)) : this.#route(method, params);
    const streaming = { ...ask, headers: { ...ask.headers, accept: "text/event-stream" } };
    const read = rpc ? eventResult : (data: string) => fieldsOf(parsed(data));
    const { answer, events } = await httpStream(this.line, streaming, read);
    await events?.until(() => events.ended !== undefined, this.line.patience);
    events?.close();
    return { exchange: answer.exchange, events: events ?? new Events(() => {}), error: events === undefined };
  }

  close(): void {}

  #route(method: OldMethod, params: object): HttpAsk {
    const [verb, path] = routes[method];
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
        ...oldHeaders(this.line),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body,
    };
  }
}
