/**
 * The rows: one file each, what is measured of whom and the target it is held to. `harness/` runs
 * them, `load/` makes and checks the requests.
 */
import { acrossNodes } from "./across-nodes.js";
import { burstWait } from "./burst-wait.js";
import { getTask } from "./get-task.js";
import { sendGrpc, streamGrpc } from "./grpc.js";
import { heap } from "./heap.js";
import { listPostgres } from "./list-postgres.js";
import { listTasks } from "./list-tasks.js";
import { packageSize } from "./package-size.js";
import { pausedReader } from "./paused-reader.js";
import type { Row } from "./row.js";
import { sendDurable, sendPostgres } from "./send-durable.js";
import { sendHttpJson, sendJsonRpc } from "./send-message.js";
import { sendOld } from "./send-old.js";
import { start } from "./start.js";
import { stream, streamFlat } from "./stream.js";
import { subscribers, subscribersMany } from "./subscribers.js";
import { webhooks } from "./webhooks.js";

export const rows: readonly Row[] = [
  sendJsonRpc,
  sendHttpJson,
  sendGrpc,
  sendOld,
  sendDurable,
  sendPostgres,
  getTask,
  stream,
  streamGrpc,
  streamFlat,
  burstWait,
  listTasks,
  listPostgres,
  heap,
  subscribers,
  subscribersMany,
  webhooks,
  acrossNodes,
  pausedReader,
  start,
  packageSize,
];
