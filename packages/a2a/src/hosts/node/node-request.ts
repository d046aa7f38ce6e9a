/** A node:http request as bindings see it. Nothing is read before it is asked for. */
import { Buffer, isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { HttpRequest } from "../../bindings/http.js";
import { A2AError } from "../../protocol/index.js";
import type { SlowBodies } from "./slow-bodies.js";

export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #message: IncomingMessage;
  readonly #slow: SlowBodies;

  constructor(message: IncomingMessage, mountPath: string, slow: SlowBodies) {
    const target = originForm(message.url ?? "/", mountPath);
    const mark = target.indexOf("?");
    this.method = message.method ?? "GET";
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? "" : target.slice(mark + 1);
    this.#message = message;
    this.#slow = slow;
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    return typeof value === "object" ? value.join(", ") : value;
  }

  text(limit: number): Promise<string> {
    const message = this.#message;
    const parsed = parsedBody(message);
    if (parsed !== undefined) return Promise.resolve(parsed);
    if (Number(message.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
    if (message.destroyed) return Promise.reject(brokenOff());
    return new Promise((resolve, reject) => {
      let first: Buffer | undefined;
      const rest: Buffer[] = [];
      let size = 0;
      const settle = () => {
        this.#slow.done(fail, size);
        message.off("data", onData).off("end", onEnd).off("close", onClose);
      };
      const fail = (error: A2AError) => {
        settle();
        // What still arrives is thrown away, so that the peer gets to read the answer.
        message.resume();
        reject(error);
      };
      const onData = (chunk: Buffer) => {
        size += chunk.length;
        const taken = this.#slow.take(chunk.length, size);
        if (size > limit) fail(tooLarge(limit));
        else if (!taken) fail(busy());
        else if (first === undefined) first = chunk;
        else rest.push(chunk);
      };
      const onEnd = () => {
        settle();
        if (first === undefined) return resolve("");
        const bytes = rest.length === 0 ? first : Buffer.concat([first, ...rest], size);
        if (isUtf8(bytes)) resolve(bytes.toString("utf8"));
        else reject(new A2AError("PARSE_ERROR", "The body is not UTF-8"));
      };
      const onClose = () => fail(brokenOff());
      message.on("data", onData).on("end", onEnd).on("close", onClose);
      this.#slow.watch(fail);
    });
  }
}

function tooLarge(limit: number): A2AError {
  return new A2AError("PAYLOAD_TOO_LARGE", `The request body is larger than ${limit} bytes`);
}

function busy(): A2AError {
  const message = "Too many large requests are under way";
  return new A2AError("UNAVAILABLE", message, { retryAfter: 1 });
}

function brokenOff(): A2AError {
  return new A2AError("INVALID_REQUEST", "The body broke off");
}

/** Path and query, below the mount path. Clients may send a whole URL (RFC 9112, 3.2.2). */
function originForm(url: string, mountPath: string): string {
  const target = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*/i, "");
  const below = target.startsWith(mountPath) ? target.slice(mountPath.length) : target;
  if (below.startsWith("/")) return below;
  // What only begins like the mount path, such as /agents/csv2 beside /agents/csv, is another path.
  return below === "" || below.startsWith("?") ? `/${below}` : target;
}

/** A body that a parser in front of us has already used up, such as `express.json()`. */
function parsedBody(message: IncomingMessage & { body?: unknown }): string | undefined {
  const { body } = message;
  if (body === undefined || !message.readableEnded) return undefined;
  if (typeof body === "string") return body;
  return Buffer.isBuffer(body) ? body.toString("utf8") : JSON.stringify(body);
}
