/** A request body on its way in. */
import { Buffer, isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { A2AError } from "../../protocol/index.js";
import { type SlowBodies, UnfinishedBody } from "./slow-bodies.js";

/**
 * The whole body as text.
 *
 * @param limit Bytes.
 * @throws A2AError PAYLOAD_TOO_LARGE; UNAVAILABLE; REQUEST_TIMEOUT; INVALID_REQUEST when it breaks off; PARSE_ERROR
 */
export function readBody(message: IncomingMessage, limit: number, slow: SlowBodies): Promise<string> {
  if (Number(message.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  if (message.destroyed) return Promise.reject(brokenOff());
  return new Promise((resolve, reject) => {
    const body = new Body(message, limit, slow, { resolve, reject });
    slow.watch(body);
    message.on("data", (chunk: Buffer) => body.take(chunk));
    message.on("end", () => body.end());
    message.on("close", () => body.breakOff());
  });
}

/** Who waits for the body. */
interface Reader {
  resolve(text: string): void;
  reject(error: A2AError): void;
}

class Body extends UnfinishedBody {
  /** Undefined once it was told. The message keeps its listeners, and through them this, as long as its answer streams. */
  #reader: Reader | undefined;
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;

  constructor(
    private readonly message: IncomingMessage,
    private readonly limit: number,
    private readonly slow: SlowBodies,
    reader: Reader,
  ) {
    super();
    this.#reader = reader;
  }

  take(chunk: Buffer): void {
    if (this.#reader === undefined) return;
    const taken = this.slow.take(this, chunk.length);
    if (this.size > this.limit) this.giveUp(tooLarge(this.limit));
    else if (!taken) this.giveUp(busy());
    else if (this.#first === undefined) this.#first = chunk;
    else {
      this.#rest ??= [];
      this.#rest.push(chunk);
    }
  }

  end(): void {
    const [first, rest] = [this.#first, this.#rest];
    const reader = this.#settle();
    if (reader === undefined) return;
    if (first === undefined) return reader.resolve("");
    const bytes = rest ? Buffer.concat([first, ...rest], this.size) : first;
    if (isUtf8(bytes)) reader.resolve(bytes.toString("utf8"));
    else reader.reject(new A2AError("PARSE_ERROR", "The body is not UTF-8"));
  }

  /** The connection closed: what comes after the end, too. */
  breakOff(): void {
    if (this.#reader) this.giveUp(brokenOff());
  }

  giveUp(error: A2AError): void {
    const reader = this.#settle();
    if (reader === undefined) return;
    // What still arrives is thrown away, so that the peer gets to read the answer.
    this.message.resume();
    reader.reject(error);
  }

  #settle(): Reader | undefined {
    const reader = this.#reader;
    if (reader) this.slow.done(this);
    this.#reader = undefined;
    this.#first = undefined;
    this.#rest = undefined;
    return reader;
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
