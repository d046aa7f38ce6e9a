import { needServer } from "./binaries.js";
import { freePort } from "./free-port.js";
import { type RealServer, startServer } from "./real-server.js";

/** @throws Error when nats-server is not installed or does not start */
export async function startNats(): Promise<RealServer> {
  const command = needServer("nats");
  const port = await freePort();
  return startServer({
    url: `nats://127.0.0.1:${port}`,
    port,
    command,
    args: ["--addr", "127.0.0.1", "--port", String(port)],
    stopSignal: "SIGTERM",
    cleanUp: async () => {},
  });
}
