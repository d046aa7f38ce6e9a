/** What `npm start` runs: the CSV analyst on a port, with its tasks in SQLite. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { v0_1, v0_3 } from "@parley/a2a/compat";
import { serve } from "@parley/a2a/node";
import { sqlite } from "@parley/a2a/sqlite";

const { PORT = "4100", PARLEY_DATA = ".parley", PARLEY_PUBLIC_URL } = process.env;

try {
  const port = Number(PORT);
  if (!/^\d+$/.test(PORT) || port > 65_535)
    throw new Error(`PORT must be a number up to 65535, not “${PORT}”`);
  mkdirSync(PARLEY_DATA, { recursive: true });
  // Here, because it refuses a PARLEY_ALLOW_PRIVATE that it cannot read.
  const { agent } = await import("./agent.js");
  const serving = await serve(agent, {
    port,
    versions: [v0_3, v0_1],
    store: sqlite(join(PARLEY_DATA, "tasks.db")),
    ...(PARLEY_PUBLIC_URL && { publicUrl: PARLEY_PUBLIC_URL }),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Once: a second signal ends the process at once.
    process.once(signal, () => void serving.close());
  }
  console.log(welcome(serving.url));
} catch (error) {
  console.error(`The CSV analyst cannot start. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function welcome(url: string): string {
  return `
The CSV analyst is online. Its agent card: ${url}/.well-known/agent-card.json

Fetch the card:
  curl ${url}/.well-known/agent-card.json

Send a CSV file:
  npx parley send --stream -a ${url} --file examples/csv-analyst/sales.csv "Summarise this"

Follow a task live (this one waits for its CSV):
  npx parley task subscribe --stream -a ${url} "$(npx parley send --async -o json -a ${url} "Analyse my CSV" | node -p 'JSON.parse(fs.readFileSync(0)).task.id')"
`;
}
