/** What `npm start` runs: the CSV analyst on a port, with its tasks in SQLite. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { v0_1, v0_3 } from "@parley/a2a/compat";
import { serve, stopOnSignals } from "@parley/a2a/node";
import { sqlite } from "@parley/a2a/sqlite";

const { PORT = "4100", GRPC_PORT, PARLEY_DATA = ".parley", PARLEY_PUBLIC_URL } = process.env;

// What the gRPC package would write to stderr by itself, our errors and warnings say.
process.env["GRPC_VERBOSITY"] ??= "NONE";

try {
  const port = toPort("PORT", PORT);
  mkdirSync(PARLEY_DATA, { recursive: true });
  // Here, because it refuses a PARLEY_ALLOW_PRIVATE that it cannot read.
  const { agent } = await import("./agent.js");
  const serving = await serve(agent, {
    port,
    ...(GRPC_PORT !== "off" && { grpc: { ...grpcPort(port), health: true, reflection: true } }),
    versions: [v0_3, v0_1],
    store: sqlite(join(PARLEY_DATA, "tasks.db")),
    ...(PARLEY_PUBLIC_URL && { publicUrl: PARLEY_PUBLIC_URL }),
  });
  stopOnSignals(serving);
  console.log(welcome(serving.url, serving.grpc?.address));
} catch (error) {
  console.error(`The CSV analyst cannot start. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function toPort(name: string, value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535)
    throw new Error(`${name} must be a number up to 65535, not “${value}”`);
  return port;
}

/** Nobody asked for the next port, so it may be taken; 0 takes any. */
function grpcPort(port: number): { port: number; optional?: boolean } {
  if (GRPC_PORT) return { port: toPort("GRPC_PORT", GRPC_PORT) };
  return { port: port && port + 1, optional: true };
}

function welcome(url: string, grpc: string | undefined): string {
  return `
The CSV analyst is online. Its agent card: ${url}/.well-known/agent-card.json
${grpc ? `It speaks gRPC too, at ${grpc}\n` : ""}
Fetch the card:
  curl ${url}/.well-known/agent-card.json

Send a CSV file:
  npx parley send --stream -a ${url} --file examples/csv-analyst/sales.csv "Summarise this"

Follow a task live (this one asks for its CSV, and says how to answer):
  npx parley task subscribe --stream -a ${url} "$(npx parley send --async -o json -a ${url} "Analyse my CSV" | node -p 'JSON.parse(fs.readFileSync(0)).task.id')"
`;
}
