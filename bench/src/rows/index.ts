/**
 * The rows: one file each, what is measured of whom and the target it is held to. `harness/` runs
 * them, `load/` makes and checks the requests.
 */
import { burstWait } from "./burst-wait.js";
import { getTask } from "./get-task.js";
import { heap } from "./heap.js";
import { listTasks } from "./list-tasks.js";
import { packageSize } from "./package-size.js";
import { pausedReader } from "./paused-reader.js";
import type { Row } from "./row.js";
import { sendDurable } from "./send-durable.js";
import { sendHttpJson, sendJsonRpc } from "./send-message.js";
import { start } from "./start.js";
import { stream, streamFlat } from "./stream.js";
import { subscribers } from "./subscribers.js";

export const rows: readonly Row[] = [
  sendJsonRpc,
  sendHttpJson,
  sendDurable,
  getTask,
  stream,
  streamFlat,
  burstWait,
  listTasks,
  heap,
  subscribers,
  pausedReader,
  start,
  packageSize,
];
