/** What `npm run cluster` runs. */
import { parseArgs } from "node:util";
import { runCluster } from "./cluster.js";

try {
  const { values } = parseArgs({
    options: { nats: { type: "boolean", default: false }, port: { type: "string", default: "0" } },
  });
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("Interrupted")));
  const fine = await runCluster({
    nats: values.nats,
    port: Number(values.port),
    clients: 12,
    lines: 60,
    pauseMillis: 250,
    print: console.log,
    signal: interrupted.signal,
  });
  if (!fine) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
