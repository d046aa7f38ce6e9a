import { connect, type Socket } from "node:net";

/** A client that says exactly the bytes it is told. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  readonly closed: Promise<void>;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.setEncoding("utf8").on("data", (text: string) => {
      this.received += text;
    });
    // A server that hangs up early resets the connection; what it said before counts.
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.on("close", () => resolve()));
  }

  say(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Waits until the answer holds this. @throws when the connection ends without it */
  async until(part: string): Promise<string> {
    while (!this.received.includes(part)) {
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise((resolve) => this.socket.once("data", resolve).once("close", resolve));
    }
    return this.received;
  }

  /** Everything that was said until the server hung up. */
  async rest(): Promise<string> {
    await this.closed;
    return this.received;
  }

  leave(): void {
    this.socket.destroy();
  }
}

export const statusOf = (response: string) => Number(response.slice(9, 12));
export const bodyOf = (response: string) => response.slice(response.indexOf("\r\n\r\n") + 4);
