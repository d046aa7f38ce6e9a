/** A receiver of webhooks: an address for each task, the events that come there checked in their order. */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ChunkSequence } from "./task-stream.js";
import type { StreamShape } from "./wire.js";

interface Hook {
  readonly sequence: ChunkSequence;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

export class Hooks {
  readonly #server: Server = createServer((request, response) => this.#receive(request, response));
  readonly #open = new Map<string, Hook>();
  #next = 0;
  /** How many were received. */
  received = 0;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** An address for the events of one `stream:count:bytes` task. `whole` ends with the task, or with a wrong event. */
  open(count: number, bytes: number): { url: string; whole: Promise<void> } {
    const path = `/${this.#next++}`;
    const { port } = this.#server.address() as AddressInfo;
    const whole = new Promise<void>((done, failed) => {
      this.#open.set(path, { sequence: new ChunkSequence(count, bytes), done, failed });
    });
    return { url: `http://127.0.0.1:${port}${path}`, whole };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      response.writeHead(204).end();
      this.received += 1;
      const hook = this.#open.get(request.url ?? "");
      if (hook === undefined) return;
      try {
        hook.sequence.takeEvent(JSON.parse(Buffer.concat(pieces).toString()) as StreamShape);
        if (hook.sequence.completed) hook.done();
      } catch (error) {
        hook.failed(error as Error);
      }
    });
  }
}
