/** CancelTask (spec 3.1.5): one winner; whoever asks while the winner's append is under way shares its success. */

import type { Numbered } from "../dispatch/contract.js";
import { A2AError, isTerminal } from "../protocol/index.js";
import { timestamp } from "./clock.js";
import type { Engine } from "./engine.js";
import { interjectCancel } from "./interject.js";
import type { LiveTask } from "./live-task.js";
import { shown } from "./read.js";

/**
 * @returns the canceled Task as JSON.
 * @throws A2AError TASK_NOT_FOUND, TASK_NOT_CANCELABLE
 */
export async function cancelTask(
  engine: Engine,
  id: string,
  owner: string,
  numbered?: Numbered,
): Promise<string> {
  const live = await engine.hold(id, owner);
  try {
    if (engine.cluster && live.elsewhere) {
      if (!(await interjectCancel(engine.cluster, live))) throw notCancelable(live);
      return shown(await engine.text(id, owner), undefined, numbered);
    }
    const sharing = live.state === "TASK_STATE_CANCELED" && live.committed < live.seq;
    if (!sharing) {
      if (isTerminal(live.state)) throw notCancelable(live);
      const { id: taskId, contextId } = live;
      const status = { state: "TASK_STATE_CANCELED" as const, timestamp: timestamp() };
      engine.recorder.record(live, { statusUpdate: { taskId, contextId, status } });
      live.run?.stop();
    }
    await live.durable()?.catch((error: A2AError) => {
      // Another node has ended it first.
      throw isTerminal(live.state) ? notCancelable(live) : error;
    });
    return shown(await engine.text(id, owner), undefined, numbered);
  } finally {
    engine.letGo(live);
  }
}

const notCancelable = ({ id, state }: LiveTask) =>
  new A2AError("TASK_NOT_CANCELABLE", undefined, { metadata: { taskId: id, state } });
