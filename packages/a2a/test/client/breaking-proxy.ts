/** A network that breaks. */
import { connect, createServer, type Socket } from "node:net";

/** A proxy that breaks off every connection after so many bytes of answers, `times` times. */
export async function breakingProxy(port: number, bytes: number, times: number) {
  let left = times;
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const breaks = left > 0;
    let passed = 0;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (data) => {
      passed += data.length;
      if (near.writableEnded) return;
      if (!breaks || passed <= bytes) return void near.write(data);
      left--;
      near.end(data.subarray(0, data.length - (passed - bytes)), () => far.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: (proxy.address() as { port: number }).port,
    left: () => left,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
