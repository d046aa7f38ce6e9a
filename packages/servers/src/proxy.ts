import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server, until it is told not to. */
export interface CuttableProxy {
  readonly port: number;
  /** Breaks the connections there are; new ones go through. */
  cut(): void;
  /** From now on nothing passes and nothing is told, like a cable that was pulled. */
  freeze(): void;
  /** Breaks what is frozen; new connections go through. */
  thaw(): void;
  close(): Promise<void>;
}

/** Passes what comes on a free port of 127.0.0.1 on to `target`. */
export function startProxy(target: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (frozen) return void client.pause();
    const upstream = connect(target, "127.0.0.1");
    keep(upstream);
    client.setNoDelay();
    upstream.setNoDelay();
    client.pipe(upstream);
    upstream.pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        cut,
        freeze() {
          frozen = true;
          for (const socket of sockets) socket.unpipe().pause();
        },
        thaw() {
          frozen = false;
          cut();
        },
        close() {
          cut();
          return new Promise((closed) => server.close(() => closed()));
        },
      }),
    );
  });
}
