/** SubscribeToTask (spec 3.1.6), and where the streams of the two streaming operations begin and end. */
import type { EventStream } from "../dispatch/contract.js";
import { A2AError, invalidField, isTerminal, type TaskState } from "../protocol/index.js";
import type { Caller } from "./context.js";
import type { Engine } from "./engine.js";
import type { LiveTask } from "./live-task.js";
import type { FirstEvent } from "./stream.js";

/** SubscribeToTask follows a task to its end (spec 3.1.6). */
const closesSubscription = isTerminal;

/** SendStreamingMessage also ends where the client must answer (spec 11.7), but not while an authorization is awaited (7.6.1). */
export const closesSend = (state: TaskState): boolean =>
  isTerminal(state) || state === "TASK_STATE_INPUT_REQUIRED";

/**
 * SubscribeToTask. With `after`, exactly the events after that sequence, also of a task that has ended;
 * without, the task as it is and then what follows (spec 3.1.6).
 *
 * @throws A2AError TASK_NOT_FOUND; UNSUPPORTED_OPERATION when the task has ended and `after` is not given;
 * INVALID_PARAMS when `after` is past the last event; UNAVAILABLE when another node should be asked.
 */
export async function subscribeToTask(
  engine: Engine,
  id: string,
  caller: Caller,
  after: number | undefined,
): Promise<EventStream> {
  engine.assertStreams();
  const live = await engine.hold(id, caller.owner);
  try {
    if (after === undefined) {
      if (isTerminal(live.state)) throw ended(live);
      return engine.stream(live, caller, closesSubscription, await snapshotOf(engine, live));
    }
    const last = await lastOf(engine, live);
    if (after > last) throw invalidField("Last-Event-ID", `the task has only ${last} events`);
    return engine.stream(live, caller, closesSubscription, after);
  } finally {
    engine.letGo(live);
  }
}

/** The last entry that a reader can have. */
async function lastOf(engine: Engine, live: LiveTask): Promise<number> {
  if (engine.cluster) return (await engine.journal.head(live.id))?.seq ?? live.committed;
  await live.durable();
  return live.committed;
}

/** The task as it is, durable, as the first event of a stream. */
export async function snapshotOf(engine: Engine, live: LiveTask): Promise<FirstEvent> {
  const { seq, state } = live;
  // Another node may have gone on with it: then the store knows, once it has what is recorded here.
  const text = engine.cluster ? undefined : live.text();
  await live.durable();
  if (text !== undefined) return { seq, state, json: `{"task":${text}}` };
  const stored = await engine.journal.load(live.id);
  if (stored === undefined)
    throw new A2AError("TASK_NOT_FOUND", undefined, { metadata: { taskId: live.id } });
  return { seq: stored.head.seq, state: stored.head.state, json: `{"task":${stored.json}}` };
}

const ended = (live: LiveTask) =>
  new A2AError("UNSUPPORTED_OPERATION", "The task has ended; it sends no more events", {
    metadata: { taskId: live.id, state: live.state },
  });
