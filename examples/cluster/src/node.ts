/** One node of the cluster, a process of its own: the agent, with its tasks in the database that all nodes share. */
import { natsBus } from "@parley/a2a/nats";
import { serve } from "@parley/a2a/node";
import { postgres } from "@parley/a2a/postgres";
import { reportAgent } from "./agent.js";
import type { NodeSettings } from "./node-process.js";

const settings = JSON.parse(process.argv[2] ?? "") as NodeSettings;

const serving = await serve(reportAgent(settings.report), {
  publicUrl: settings.publicUrl,
  store: postgres(settings.database),
  // Without it, news go over the database.
  ...(settings.nats && { bus: natsBus(settings.nats) }),
  cluster: { leaseMillis: settings.leaseMillis },
});

process.send?.({ port: serving.port });

let closing: Promise<void> | undefined;
const close = () => {
  closing ??= serving.drain();
  // What is left is the channel to the parent, which would keep the process alive.
  void closing.finally(() => process.connected && process.disconnect());
};
// Whoever started the node wants it to go, or is gone itself.
process.on("SIGTERM", close);
process.on("disconnect", close);
// Ctrl-C in a terminal goes to all processes of the demonstration: the parent has the last word.
process.on("SIGINT", () => {});
