/** Every promise of what happens when things go wrong, in the order in which they are told. */
import type { Fault } from "../fault.js";
import { cancel } from "./cancel.js";
import { crashPostgres, crashSqlite } from "./crash.js";
import { database } from "./database.js";
import { order } from "./order.js";
import { resume } from "./resume.js";
import { takeover } from "./takeover.js";

export const faults: readonly Fault[] = [
  crashSqlite,
  crashPostgres,
  order,
  resume,
  takeover,
  cancel,
  database,
];
