/** Having a say in a task that another node may work on: a further turn or a cancellation, put at its end. */
import type { TaskEvent } from "../ports/index.js";
import {
  isTerminal,
  type Message,
  type SendMessageRequest,
  states,
  type TaskState,
} from "../protocol/index.js";
import { millisOf, timestamp } from "./clock.js";
import type { Cluster } from "./cluster.js";
import type { Caller } from "./context.js";
import type { Engine } from "./engine.js";
import type { LiveTask } from "./live-task.js";
import { beginningNote } from "./past.js";
import { type Accepted, isWaiting, statusAfterTurn, takesTurn } from "./send.js";

const unended = (Object.keys(states) as TaskState[]).filter((state) => !isTerminal(state));

/**
 * A message for a task that does not run here. When no living node runs it, this one does from here on.
 * @throws A2AError UNSUPPORTED_OPERATION when the task has ended
 */
export async function interjectTurn(
  engine: Engine,
  cluster: Cluster,
  live: LiveTask,
  request: SendMessageRequest,
  caller: Caller,
  message: Message,
): Promise<Accepted> {
  const expected = caller.numbered?.expected;
  for (;;) {
    takesTurn(live, caller);
    engine.recorder.assertRoom(live, message);
    const { state, seq: known } = live;
    const status = statusAfterTurn(live);
    const { id: taskId, contextId } = live;
    const done = await cluster.interject(live, {
      ...placeOf(live, status),
      after: [state],
      ...(expected !== undefined && { expected }),
      event: { statusUpdate: { taskId, contextId, status } },
      message,
      node: cluster.node,
      ...(engine.agent.resumable && { notes: [beginningNote(known + 1, request, caller)] }),
    });
    if (done?.epoch !== undefined) {
      const { seq, epoch } = done;
      const run = await engine.takeovers.take(cluster, live, { seq, epoch });
      if (run) {
        run.start(message, request, caller, seq);
        return { live, created: false, settledAfter: seq };
      }
    }
    if (live.lost) throw live.lost;
    await cluster.refresh(live);
    if (done) return { live, created: false, settledAfter: isWaiting(status) ? done.seq - 1 : done.seq };
  }
}

/** Whether it was this call that canceled the task. */
export async function interjectCancel(cluster: Cluster, live: LiveTask): Promise<boolean> {
  const { id: taskId, contextId } = live;
  const status = { state: "TASK_STATE_CANCELED" as const, timestamp: timestamp() };
  const event: TaskEvent = { statusUpdate: { taskId, contextId, status } };
  const done = await cluster.interject(live, { ...placeOf(live, status), after: unended, event });
  await cluster.refresh(live);
  return done !== undefined;
}

function placeOf({ id, contextId, owner }: LiveTask, status: { state: TaskState; timestamp: string }) {
  const { state } = status;
  return { id, owner, head: { id, contextId, owner, state, statusMillis: millisOf(status.timestamp) } };
}
