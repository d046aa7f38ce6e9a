/** One node of the cluster, a process of its own: the agent, with its tasks in the database that all nodes share. */
import { serve } from "@parley/a2a/node";
import { postgres } from "@parley/a2a/postgres";
import { reportAgent } from "./agent.js";
import type { NodeSettings } from "./node-process.js";

const settings = JSON.parse(process.argv[2] ?? "") as NodeSettings;

const serving = await serve(reportAgent(settings.report), {
  publicUrl: settings.publicUrl,
  store: postgres(settings.database),
});

// Whoever started the node is gone, or wants it to go.
for (const event of ["disconnect", "SIGTERM"]) process.once(event, () => void serving.close());
process.send?.({ port: serving.port });
