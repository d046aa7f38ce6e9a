/**
 * One keep-alive HTTP/1.1 connection with one request in flight, on node:net: the load must cost less
 * than the server it measures. Reads bodies by length or chunked; anything else is an error.
 */
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Takes the pieces of a body as they arrive. */
export type BodySink = (piece: Buffer) => void;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  /** Streams hand their body on; others collect it. */
  readonly sink: BodySink | undefined;
}

const headEnd = Buffer.from("\r\n\r\n");
const lineEnd = Buffer.from("\r\n");
const nothing = Buffer.alloc(0);

export class Connection {
  readonly #socket: Socket;
  #pending: Pending | undefined;
  #unread: Buffer = nothing;
  #status = 0;
  /** Bytes of body or chunk still to come; "head" and "size" await a header or a chunk's size. */
  #expect: "head" | "size" | number = "head";
  #chunked = false;
  #collected: Buffer[] = [];
  #closed: Error | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (piece: Buffer) => this.#read(piece));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("connection closed by the server")));
  }

  request(bytes: Buffer): Promise<Answer> {
    return this.#send(bytes, undefined);
  }

  /** Resolves at the end of the body; rejects when the server cuts it off. */
  stream(bytes: Buffer, sink: BodySink): Promise<Answer> {
    return this.#send(bytes, sink);
  }

  /** Stops reading, so that the server's buffers fill up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#closed = new Error("connection closed by us");
    this.#socket.destroy();
  }

  #send(bytes: Buffer, sink: BodySink | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#pending = { resolve, reject, sink };
      this.#socket.write(bytes);
    });
  }

  #fail(error: Error): void {
    this.#closed ??= error;
    this.#socket.destroy();
    this.#pending?.reject(this.#closed);
    this.#pending = undefined;
  }

  #read(piece: Buffer): void {
    let bytes = this.#unread.length === 0 ? piece : Buffer.concat([this.#unread, piece]);
    this.#unread = nothing;
    try {
      while (bytes.length > 0) {
        const used = this.#step(bytes);
        if (used === 0) break;
        bytes = bytes.subarray(used);
      }
      this.#unread = bytes;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Consumes what it can of `bytes`; 0 when it needs more of them first. */
  #step(bytes: Buffer): number {
    if (this.#expect === "head") return this.#head(bytes);
    if (this.#expect === "size") return this.#size(bytes);
    const piece = bytes.subarray(0, this.#expect);
    this.#expect -= piece.length;
    this.#body(piece);
    if (this.#expect === 0) this.#part();
    return piece.length;
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end < 0) return 0;
    const head = bytes.toString("latin1", 0, end);
    this.#status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#chunked = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head);
    if (length === undefined && !this.#chunked) throw new Error(`unbounded body: ${head}`);
    this.#expect = this.#chunked ? "size" : Number(length);
    if (this.#expect === 0) this.#done();
    return end + headEnd.length;
  }

  /** Reads `<hex>\r\n`, also across the `\r\n` that ends the chunk before it. */
  #size(bytes: Buffer): number {
    const begin = bytes[0] === 13 ? 2 : 0;
    const end = bytes.indexOf(lineEnd, begin);
    if (end < 0) return 0;
    const size = Number.parseInt(bytes.toString("latin1", begin, end), 16);
    if (Number.isNaN(size)) throw new Error("broken chunk size");
    if (size > 0) {
      this.#expect = size;
      return end + 2;
    }
    if (bytes.length < end + 4) return 0;
    this.#done();
    return end + 4;
  }

  #body(piece: Buffer): void {
    const sink = this.#pending?.sink;
    if (sink && this.#status === 200) sink(piece);
    else this.#collected.push(piece);
  }

  #part(): void {
    if (this.#chunked) this.#expect = "size";
    else this.#done();
  }

  #done(): void {
    const pending = this.#pending;
    const body = this.#collected.length === 1 ? this.#collected[0]! : Buffer.concat(this.#collected);
    this.#collected = [];
    this.#expect = "head";
    this.#pending = undefined;
    pending?.resolve({ status: this.#status, body: body.toString() });
  }
}
