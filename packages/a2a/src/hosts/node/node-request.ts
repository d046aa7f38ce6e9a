/** A node:http request as bindings see it. Nothing is read before it is asked for. */
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { HttpRequest } from "../../bindings/http.js";
import { belowMount } from "../mount.js";
import { readBody } from "./body.js";
import type { SlowBodies } from "./slow-bodies.js";

export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #message: IncomingMessage;
  readonly #slow: SlowBodies;

  constructor(message: IncomingMessage, mountPath: string, slow: SlowBodies) {
    const target = belowMount(originForm(message.url ?? "/"), mountPath);
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
    const parsed = parsedBody(this.#message);
    return parsed === undefined ? readBody(this.#message, limit, this.#slow) : Promise.resolve(parsed);
  }
}

/** Path and query. Clients may send a whole URL (RFC 9112, 3.2.2). */
function originForm(url: string): string {
  return url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*/i, "");
}

/** A body that a parser in front of us has already used up, such as `express.json()`. */
function parsedBody(message: IncomingMessage & { body?: unknown }): string | undefined {
  const { body } = message;
  if (body === undefined || !message.readableEnded) return undefined;
  if (typeof body === "string") return body;
  return Buffer.isBuffer(body) ? body.toString("utf8") : JSON.stringify(body);
}
