/** One node, a process of its own: the agent on a store, made of the public API, with a broken part if told so. */

import { natsBus } from "@parley/a2a/nats";
import { type ServeOptions, serve, stopOnSignals } from "@parley/a2a/node";
import { allowedByEnvironment, createOutgoing } from "@parley/a2a/outgoing";
import { postgres } from "@parley/a2a/postgres";
import { sqlite } from "@parley/a2a/sqlite";
import { faultAgent } from "./agent.js";
import { breakPart } from "./broken/index.js";
import type { NodeSettings } from "./settings.js";

const settings = JSON.parse(process.argv[2] ?? "") as NodeSettings;
const {
  store,
  bus,
  port = 0,
  retryMillis = 10_000,
  leaseMillis,
  checkMillis,
  schedule,
  limits,
  drainMillis,
} = settings;
const whole = {
  port,
  store: store.startsWith("postgres:") ? postgres(store, { retryMillis }) : sqlite(store),
  limits,
  idempotency: settings.idempotency,
  cluster: { leaseMillis, checkMillis },
  post: createOutgoing(allowedByEnvironment("1")).post,
  webhooks: { schedule, timeoutMs: 1000 },
  ...(bus !== undefined && { bus: natsBus(bus) }),
} satisfies ServeOptions;

const serving = await serve(faultAgent(settings), breakPart(whole, settings));
stopOnSignals(serving, drainMillis);
// Whoever started the node is gone.
process.once("disconnect", () => process.exit());
process.send?.({ port: serving.port });
