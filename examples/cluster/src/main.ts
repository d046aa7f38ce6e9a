/** What `npm run cluster` runs. */
import { setMaxListeners } from "node:events";
import { parseArgs } from "node:util";
import { runCluster } from "./cluster.js";

try {
  const { values } = parseArgs({
    options: { nats: { type: "boolean", default: false }, port: { type: "string", default: "0" } },
  });
  const interrupted = new AbortController();
  // Every client listens to it.
  setMaxListeners(0, interrupted.signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The second time without waiting for anything, which leaves files in the temporary folder.
    process.on(signal, () =>
      interrupted.signal.aborted ? process.exit(130) : interrupted.abort(new Error("Interrupted")),
    );
  }
  const fine = await runCluster({
    nats: values.nats,
    port: Number(values.port),
    clients: 12,
    lines: 60,
    pauseMillis: 250,
    leaseMillis: 4000,
    print: console.log,
    signal: interrupted.signal,
  });
  if (!fine) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
