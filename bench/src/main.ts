/**
 * `npm run bench`: the rows, each agent beside the others, in one run on one machine.
 * Exits with 1 when an agent did not start or gave a wrong answer; missed targets are only marked.
 */
import { parseArgs } from "node:util";
import { type AgentSpec, agentNames, selectAgents, serversOf } from "./harness/agents.js";
import { pinCores } from "./harness/cores.js";
import { jsonReport, machine, machineText, rowText } from "./harness/report.js";
import { type RowResult, runRow } from "./harness/run-row.js";
import { startServers, surroundings } from "./harness/surroundings.js";
import { rows } from "./rows/index.js";
import type { Row, Scale } from "./rows/row.js";

const defaultRows = rows.filter(({ onDemand }) => !onDemand).map(({ id }) => id);
const usage = `npm run bench -- [options]

  --quick            fewer requests: to see that everything works, not to quote
  --rows <ids>       these rows alone, with commas between them
  --agents <names>   these agents alone; name=adapter.json[:variant] is one of your own, see bench/README.md
  --json             the report as one JSON document
  --help             this text

Rows: ${rows.map(({ id, onDemand }) => (onDemand ? `${id} (when named)` : id)).join(", ")}
Agents: ${agentNames.join(", ")}`;

const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    rows: { type: "string", default: defaultRows.join(",") },
    agents: { type: "string", default: agentNames.join(",") },
  },
});
if (flags.help) {
  console.log(usage);
  process.exit();
}

const specs = selectAgents(flags.agents.split(","));
const chosen = flags.rows.split(",").map((id) => {
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`unknown row "${id}": ${rows.map((known) => known.id).join(", ")}`);
  return row;
});
const scale: Scale = { quick: flags.quick, of: (full, small) => (flags.quick ? small : full) };

const takingPart = (row: Row): AgentSpec[] =>
  specs.filter(({ name }) => row.agents.includes(name) || !agentNames.includes(name));
const servers = await startServers(chosen.flatMap(takingPart).flatMap(serversOf));
const pinning = pinCores();
const around = surroundings(pinning, servers);
const on = machine(pinning.pinned, flags.quick);
const results: RowResult[] = [];
if (!flags.json) console.log(machineText(on));
try {
  for (const row of chosen) {
    const taking = takingPart(row);
    if (taking.length === 0) continue;
    const result = await runRow(row, taking, scale, around);
    results.push(result);
    if (!flags.json) console.log(rowText(result));
  }
} finally {
  for (const server of servers.values()) await server.remove();
}
if (flags.json) console.log(JSON.stringify(jsonReport(results, on), null, 2));
process.exitCode = results.some(({ failures }) => failures.size > 0) ? 1 : 0;
