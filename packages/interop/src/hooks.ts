/** Receives webhooks: each cell opens an address of its own. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Hook {
  readonly url: string;
  readonly posts: Posts;
}

/** What came to one address. */
export class Posts {
  readonly #bodies: unknown[] = [];
  #wake = () => {};

  add(body: unknown): void {
    this.#bodies.push(body);
    this.#wake();
  }

  /** @throws Error when none of what comes within five seconds will do */
  async until(wanted: (body: unknown) => boolean): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!this.#bodies.some(wanted)) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no such webhook, but ${JSON.stringify(this.#bodies).slice(0, 400)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export class Hooks {
  readonly #open = new Map<string, Posts>();
  readonly #server: Server = createServer(async (request, response) => {
    const body = await text(request);
    response.writeHead(204).end();
    this.#open.get(request.url ?? "")?.add(parsed(body));
  });

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  open(): Hook {
    const path = `/${crypto.randomUUID()}`;
    const posts = new Posts();
    this.#open.set(path, posts);
    const { port } = this.#server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}${path}`, posts };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** What is no JSON is shown as it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
