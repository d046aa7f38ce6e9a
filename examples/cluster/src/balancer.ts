/**
 * A plain load balancer: each request goes to the next node, whatever task it is about, and to the one after it when
 * that does not answer. Any other would do as well; nothing here knows of A2A.
 */
import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface Balancer {
  readonly url: string;
  /** From now on requests go to these ports of 127.0.0.1 too. */
  add(port: number): void;
  /** Requests, most of them streams, that the node at this port is answering. */
  open(port: number): number;
  close(): Promise<void>;
}

/** @param port 0 for any that is free. */
export async function startBalancer(port: number): Promise<Balancer> {
  const ports: number[] = [];
  const open = new Map<number, number>();
  let turn = 0;

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return;
    for (let tried = 0; tried < ports.length; tried++) {
      const target = ports[turn++ % ports.length] as number;
      open.set(target, (open.get(target) ?? 0) + 1);
      const answered = await pass(target, request, body, response);
      open.set(target, (open.get(target) ?? 0) - 1);
      if (answered) return;
    }
    response.writeHead(503, { "retry-after": "1" }).end("No node answers\n");
  });
  await listening(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (added) => void ports.push(added),
    open: (target) => open.get(target) ?? 0,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Resolves when the response is over; to false when the node cannot be reached, so that another may be asked. */
function pass(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<boolean> {
  return new Promise((resolve) => {
    const upstream = requestOf({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // Not left to the first byte: a stream may have nothing to say for long.
      response.flushHeaders();
      answer.pipe(response);
      // A node that dies in the middle of an answer leaves it cut: the client sees that it is not complete.
      answer.on("error", () => response.destroy());
    });
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") return resolve(false);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end("The node went away\n");
    });
    response.on("close", () => {
      upstream.destroy();
      resolve(true);
    });
    upstream.end(body);
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
