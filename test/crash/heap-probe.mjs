// Preloaded into the agent (with --expose-gc): answers every message with what is still held after garbage collection.
import { setImmediate as turn } from "node:timers/promises";

process.on("message", async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await turn();
  }
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  process.send({ heap: process.memoryUsage().heapUsed, sockets });
});
// Listening for messages would keep a process alive that has nothing else to do.
process.channel.unref();
