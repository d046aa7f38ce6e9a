/** A network between client and agent that breaks off answers, each after a random number of bytes. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** How many answers were broken off so far. */
  readonly cuts: number;
}

/**
 * @param port Where the agent listens.
 * @param longest Bytes after which an answer is broken off at the latest.
 * @param safe Bytes that a request is sure to get answered.
 */
export async function cuttingProxy(
  port: number,
  longest: number,
  safe: (request: string) => number,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let budget = 0;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (data) => {
      budget = safe(data.toString("latin1")) + Math.floor(Math.random() * longest);
      far.write(data);
    });
    far.on("data", (data) => {
      if (near.writableEnded) return;
      budget -= data.length;
      if (budget >= 0) return void near.write(data);
      cuts++;
      near.end(data.subarray(0, data.length + budget), () => near.destroy());
    });
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
