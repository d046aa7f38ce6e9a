import { needServer } from "./binaries.js";
import { freePort } from "./free-port.js";
import { type RealServer, startServer } from "./real-server.js";

/**
 * @param further Arguments of nats-server, such as `["--user", "a", "--pass", "b"]`.
 * @throws Error when nats-server is not installed or does not start
 */
export async function startNats(further: readonly string[] = []): Promise<RealServer> {
  const command = needServer("nats");
  const port = await freePort();
  return startServer({
    url: `nats://127.0.0.1:${port}`,
    port,
    command,
    args: ["--addr", "127.0.0.1", "--port", String(port), ...further],
    stopSignal: "SIGTERM",
    cleanUp: async () => {},
  });
}
