/** Connects one run to the process: streams, signals, exit status. The only place that ends it. */
import { run } from "./run.js";

export async function main(): Promise<void> {
  // What the gRPC package would write to stderr by itself, our errors and warnings say.
  process.env["GRPC_VERBOSITY"] ??= "NONE";
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
      stop.abort(signal);
      // Whoever waits for input waits no longer.
      process.stdin.destroy();
    });
  // The reader of our output left (`parley … | head`): nobody is there to be told. A full disk is another matter.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`Error: A2ACLI_ERR_INTERNAL\nMessage: stdout cannot be written: ${error.message}\n`);
    process.exit(1);
  });
  // Nobody reads our progress: the work goes on.
  process.stderr.on("error", () => {});
  process.exitCode = await run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
  });
  // Whatever still hangs, such as a store that does not answer or a server that a module of the user's has started,
  // keeps no process that is done or was told to stop. What was printed is read first.
  const end = () => setTimeout(() => process.exit(), 1000).unref();
  if (stop.signal.aborted) end();
  else process.stdout.write("", end);
}
