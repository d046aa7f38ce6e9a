/** A gRPC port that loads gRPC with its first connection: a server that nobody calls so starts as fast as without. */
import { type AddressInfo, createServer } from "node:net";
import type { ConnectionInjector, Server } from "@grpc/grpc-js";

/**
 * Listens on a free loopback port.
 * @param load Makes the server, which needs no port of its own.
 * @returns `host:port`
 */
export function openGrpcPort(load: () => Promise<Server>): Promise<string> {
  let injector: Promise<ConnectionInjector> | undefined;
  const port = createServer({ noDelay: true }, async (socket) => {
    injector ??= Promise.all([load(), import("@grpc/grpc-js")]).then(([server, { ServerCredentials }]) =>
      server.createConnectionInjector(ServerCredentials.createInsecure()),
    );
    try {
      (await injector).injectConnection(socket);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  return new Promise((resolve) => {
    port.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(port.address() as AddressInfo).port}`));
  });
}
