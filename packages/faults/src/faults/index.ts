/** Every promise of what happens when things go wrong, in the order in which they are told. */
import type { Fault } from "../fault.js";
import { cancel } from "./cancel.js";
import { clocks } from "./clocks.js";
import { crashPostgres, crashSqlite } from "./crash.js";
import { database } from "./database.js";
import { disk } from "./disk.js";
import { drain } from "./drain.js";
import { once } from "./once.js";
import { order } from "./order.js";
import { overload } from "./overload.js";
import { resume } from "./resume.js";
import { ssrf } from "./ssrf.js";
import { takeover } from "./takeover.js";
import { webhooksPostgres, webhooksSqlite } from "./webhooks.js";

export const faults: readonly Fault[] = [
  crashSqlite,
  crashPostgres,
  once,
  order,
  resume,
  takeover,
  cancel,
  webhooksSqlite,
  webhooksPostgres,
  database,
  disk,
  clocks,
  drain,
  overload,
  ssrf,
];
