/** HTTP+JSON (spec 11). */
import {
  type ErrorReason,
  errors,
  type HttpRoute,
  type Operation,
  type OperationName,
  operations,
} from "@parley/a2a/protocol";
import { wireError } from "./errors.js";
import { Events } from "./events.js";
import { type HttpAnswer, type HttpAsk, http, httpStream } from "./http.js";
import { type Fields, fieldsOf, isFields, parsed } from "./json.js";
import { about } from "./jsonrpc.js";
import type { Line } from "./line.js";
import {
  type Answer,
  type Stream,
  versionHeader,
  type Wire,
  type WireError,
  type WireOptions,
} from "./wire.js";

const mediaType = "application/a2a+json";

export class HttpJsonWire implements Wire {
  readonly binding = "HTTP+JSON";
  readonly #base: string;

  constructor(
    readonly line: Line,
    readonly url: string,
    readonly tenant?: string | undefined,
  ) {
    const tenantPath = tenant === undefined ? "" : `/${encodeURIComponent(tenant)}`;
    this.#base = url.replace(/\/+$/, "") + tenantPath;
  }

  codeOf(reason: ErrorReason): number {
    return errors[reason].http;
  }

  /** Any request below the interface's URL. */
  send(method: string, path: string, body?: string, options: WireOptions = {}): Promise<HttpAnswer> {
    return http(this.line, this.ask(method, path, body, options));
  }

  async call(operation: OperationName, request: object, options: WireOptions = {}): Promise<Answer> {
    const [route] = operations[operation].routes;
    const { path, body } = place(route, request);
    const answer = await this.send(route.verb, path, body, options);
    return { ...readAnswer(answer), ...about(answer) };
  }

  /** The text of the specification and the proto file name different verbs for `:subscribe`; either will do. */
  async open(operation: OperationName, request: object, options: WireOptions = {}): Promise<Stream> {
    const { routes }: Operation = operations[operation];
    let stream: Stream | undefined;
    for (const route of routes) {
      stream = await this.#open(route, request, options);
      if (stream.error?.code !== 405 && !(stream.error?.code === 404 && stream.error.reason === undefined))
        break;
    }
    if (stream === undefined) throw new TypeError(`${operation} has no route`);
    return stream;
  }

  async #open(route: HttpRoute, request: object, options: WireOptions): Promise<Stream> {
    const { path, body } = place(route, request);
    const ask = this.ask(route.verb, path, body, {
      ...options,
      headers: { accept: "text/event-stream", ...options.headers },
    });
    const { answer, events } = await httpStream(this.line, ask, parsed);
    if (events === undefined)
      return { ...about(answer), ...readAnswer(answer, true), events: new Events(() => {}) };
    await events.until(() => events.seen.length > 0, this.line.patience);
    // An error may come as the only event.
    const error = fieldsOf(events.seen[0])["error"];
    return { ...about(answer), ...(isFields(error) && { error: readError(error["code"], error) }), events };
  }

  ask(method: string, path: string, body: string | undefined, options: WireOptions): HttpAsk {
    const { headers, credentials } = options;
    return {
      method,
      url: this.#base + path,
      headers: {
        accept: `${mediaType}, application/json`,
        ...(body !== undefined && { "content-type": mediaType }),
        ...versionHeader(options),
        ...headers,
      },
      body,
      ...(credentials !== undefined && { credentials }),
    };
  }

  close(): void {}
}

/** The fields of a request where the route has them: in the path, then in the query or the body. */
export function place({ verb, path }: HttpRoute, request: object): { path: string; body?: string } {
  const rest = new Map(Object.entries(request));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest.get(name)));
    rest.delete(name);
    return value;
  });
  if (verb === "POST") return { path: filled, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams(
    [...rest].map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return { path: query === "" ? filled : `${filled}?${query}` };
}

/** @param stream An answer in place of a stream is an error in any case. */
function readAnswer({ status, body }: HttpAnswer, stream = false): Pick<Answer, "result" | "error"> {
  const value = parsed(body);
  if (status >= 200 && status < 300 && !stream) return { result: value ?? {} };
  return { error: readError(status, fieldsOf(fieldsOf(value)["error"])) };
}

function readError(code: unknown, { message, details }: Fields): WireError {
  return wireError(code, message, details);
}
