/** GetTask that waits until there is something new (draft of 1.1, 3.2.7). */
import type { Call } from "../dispatch/contract.js";
import { type GetTaskRequest, isTerminal } from "../protocol/index.js";
import type { Caller } from "./context.js";
import type { Engine } from "./engine.js";
import { getTask } from "./read.js";

/** Below what proxies cut a quiet connection after, which is a minute with most. */
const longest = 30_000;

/**
 * The Task once it is past the event that the caller names, or has ended; after a while as it then is.
 * @returns the Task as JSON. @throws A2AError TASK_NOT_FOUND
 */
export async function getTaskPast(
  engine: Engine,
  request: GetTaskRequest,
  caller: Caller,
  call: Pick<Call, "onGivenUp">,
): Promise<string> {
  const { owner, numbered } = caller;
  const live = await engine.hold(request.id, owner);
  try {
    if (live.committed <= (numbered?.after ?? 0) && !isTerminal(live.state)) {
      const stream = engine.stream(live, caller, isTerminal, numbered?.after ?? 0);
      await new Promise<void>((resolve) => {
        const over = () => {
          clearTimeout(timer);
          stream.cancel();
          resolve();
        };
        const timer = setTimeout(over, longest);
        call.onGivenUp?.(over);
        const send = () => {
          over();
          return false;
        };
        stream.start({ send, end: over, cut: over });
      });
    }
  } finally {
    engine.letGo(live);
  }
  return getTask(engine, request, owner, numbered);
}
