import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Closes after the test, also when it failed. */
export function afterwards(close: () => void | Promise<void>): void {
  closers.push(async () => close());
}

/** A real HTTP server on loopback, closed after the test; its origin. */
export async function httpServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return `http://127.0.0.1:${await listening(server, () => server.closeAllConnections())}`;
}

/** A server that speaks what it likes. */
export async function tcpServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
    // Reading on, so that the end of the connection is noticed.
    socket.resume();
  });
  const port = await listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}`;
}

async function listening(server: Server, cut: () => void): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(async () => {
    const closed = new Promise((done) => server.close(done));
    cut();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}
