/** A2A 0.3 over its two HTTP bindings. */
import { type HttpAsk, http } from "./http.js";
import { fieldsOf, isFields, parsed } from "./json.js";
import type { Line } from "./line.js";
import type { OldAnswer, OldStream, OldWire } from "./old.js";
import { OldJsonRpc, wholeStream } from "./old-jsonrpc.js";

/** Verb and path of HTTP+JSON below `/v1`, with the name of the field in it (0.3, 3.5.6). */
const routes = {
  "message/send": ["POST", "/message:send"],
  "message/stream": ["POST", "/message:stream"],
  "tasks/get": ["GET", "/tasks/{id}"],
  "tasks/cancel": ["POST", "/tasks/{id}:cancel"],
  "tasks/resubscribe": ["POST", "/tasks/{id}:subscribe"],
} as const;

/** Methods that are called on every binding. */
export type V0_3Method = keyof typeof routes;

/** The header fields of 0.3 beside those of the run. */
export function v0_3Headers({ headers }: Line): Record<string, string> {
  const { "a2a-extensions": extensions } = headers;
  return { "a2a-version": "0.3", ...(extensions !== undefined && { "x-a2a-extensions": extensions }) };
}

const kindParams = (text: string) => ({
  message: {
    ...{ kind: "message", messageId: crypto.randomUUID(), role: "user" },
    parts: [{ kind: "text", text }],
  },
});

/** A message in the form of the proto file. */
export const protoParams = (text: string) => ({
  message: { messageId: crypto.randomUUID(), role: "ROLE_USER", content: [{ text }] },
});

export class V0_3JsonRpc extends OldJsonRpc implements OldWire<string> {
  constructor(line: Line, url: string) {
    super(line, url, v0_3Headers(line));
  }

  params(text: string): object {
    return kindParams(text);
  }

  send(text: string): Promise<OldAnswer> {
    return this.call("message/send", this.params(text));
  }
}

export class V0_3HttpJson implements OldWire<V0_3Method> {
  readonly binding = "HTTP+JSON";
  /** Whether messages have to be sent in the form of the proto file, as SDKs do. */
  #protoForm = false;

  constructor(
    readonly line: Line,
    readonly url: string,
  ) {}

  /** In either form: what is refused in one is tried in the other. */
  async send(text: string): Promise<OldAnswer> {
    const answer = await this.call("message/send", this.params(text));
    if (answer.error === undefined || this.#protoForm) return answer;
    this.#protoForm = true;
    const again = await this.call("message/send", this.params(text));
    if (again.error !== undefined) this.#protoForm = false;
    return again.error === undefined ? again : answer;
  }

  params(text: string): object {
    return this.#protoForm ? protoParams(text) : kindParams(text);
  }

  async call(method: V0_3Method, params: object): Promise<OldAnswer> {
    const { exchange, status, body } = await http(this.line, this.#ask(method, params, "application/json"));
    const value = parsed(body);
    return status < 300
      ? { exchange, result: value }
      : { exchange, error: { code: status, readable: isFields(value) } };
  }

  stream(method: V0_3Method, params: object): Promise<OldStream> {
    return wholeStream(this.line, this.#ask(method, params, "text/event-stream"), (event) => event);
  }

  close(): void {}

  #ask(method: V0_3Method, params: object, accept: string): HttpAsk {
    const [verb, path] = routes[method];
    const { id, ...rest } = fieldsOf(params);
    const base = this.url.replace(/\/+$/, "").replace(/\/v1$/, "");
    const url = `${base}/v1${path.replace("{id}", encodeURIComponent(String(id)))}`;
    const headers = { accept, ...v0_3Headers(this.line) };
    if (verb === "POST") {
      const json = { ...headers, "content-type": "application/json" };
      return { method: verb, url, headers: json, body: JSON.stringify(rest) };
    }
    const query = new URLSearchParams(
      Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    return { method: verb, url: query === "" ? url : `${url}?${query}`, headers };
  }
}
