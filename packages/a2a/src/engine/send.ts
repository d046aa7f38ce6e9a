/** SendMessage and SendStreamingMessage (spec 3.1.1, 3.1.2): a new task, a further turn of one, or a direct answer. */
import type { Content } from "../agent/index.js";
import { parts } from "../agent/parts.js";
import { check } from "../codec/index.js";
import type { Call, EventStream } from "../dispatch/contract.js";
import type { MaybePromise } from "../ports/index.js";
import {
  A2AError,
  invalidField,
  isSettled,
  isTerminal,
  type Message,
  messageIn,
  type SendMessageRequest,
  type Task,
  type TaskPushNotificationConfig,
  type TaskStatus,
} from "../protocol/index.js";
import { cancelTask } from "./cancel.js";
import { timestamp } from "./clock.js";
import { type Caller, Request, Scope } from "./context.js";
import type { Engine } from "./engine.js";
import { newId } from "./ids.js";
import { interjectTurn } from "./interject.js";
import { hasEnded, LiveTask, type TaskText } from "./live-task.js";
import { MessageStream } from "./message-stream.js";
import { beginningNote } from "./past.js";
import { shown, withHistory } from "./read.js";
import type { FirstEvent } from "./stream.js";
import { closesSend, snapshotOf } from "./subscribe.js";

/** What became of a message: a direct answer, or a task that now has it, held until there is an answer. */
export type Accepted =
  | { readonly reply: Message }
  | {
      readonly reply?: undefined;
      readonly live: LiveTask;
      readonly created: boolean;
      /** The blocking answer is the first settled state after this entry. */
      readonly settledAfter: number;
    };

/**
 * A caller that gives up waiting for a task of its own call leaves nobody who knows the task: it is canceled, unless
 * the call can be repeated.
 *
 * @returns the SendMessageResponse as JSON.
 * @throws A2AError TASK_NOT_FOUND, UNSUPPORTED_OPERATION, INVALID_PARAMS, UNAVAILABLE, RESOURCE_EXHAUSTED
 */
export async function sendMessage(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
  call: Pick<Call, "onGivenUp"> = {},
): Promise<string> {
  const accepting = acceptOnce(engine, request, caller);
  const accepted = accepting instanceof Promise ? await accepting : accepting;
  if (accepted.reply) return JSON.stringify({ message: accepted.reply });
  const { live } = accepted;
  try {
    const { returnImmediately, historyLength } = request.configuration ?? {};
    let found: TaskText | undefined;
    if (returnImmediately) {
      const { seq } = live;
      const text = live.text();
      if (text !== undefined) found = { text, seq };
      await live.durable();
    } else {
      if (accepted.created && !caller.send) call.onGivenUp?.(() => void giveUp(engine, live, caller));
      found = await live.settled(accepted.settledAfter);
    }
    found ??= await engine.text(live.id, caller.owner);
    return `{"task":${shown(found, historyLength, caller.numbered)}}`;
  } finally {
    engine.letGo(live);
  }
}

async function giveUp(engine: Engine, { id }: LiveTask, { owner }: Caller): Promise<void> {
  try {
    await cancelTask(engine, id, owner);
  } catch (error) {
    // It may have ended in the meantime.
    if (!(error instanceof A2AError))
      engine.log.error("A task that was given up could not be canceled", { error });
  }
}

/** @throws A2AError as `sendMessage`, before the first event. */
export async function sendStreamingMessage(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
): Promise<EventStream> {
  const accepting = acceptOnce(engine, request, caller);
  const accepted = accepting instanceof Promise ? await accepting : accepting;
  if (accepted.reply)
    return new MessageStream(JSON.stringify({ message: accepted.reply }), caller.extensions);
  const { live, created } = accepted;
  live.watched = true;
  try {
    const historyLength = request.configuration?.historyLength;
    if (created && historyLength === undefined) {
      await live.durable();
      return engine.stream(live, caller, closesSend, 0);
    }
    const first = await snapshotOf(engine, live);
    return engine.stream(live, caller, closesSend, trimmed(first, historyLength));
  } finally {
    engine.letGo(live);
  }
}

function trimmed(first: FirstEvent, historyLength: number | undefined): FirstEvent {
  if (historyLength === undefined) return first;
  const { task } = JSON.parse(first.json) as { task: Task };
  return { ...first, json: `{"task":${withHistory(JSON.stringify(task), historyLength)}}` };
}

function acceptOnce(engine: Engine, request: SendMessageRequest, caller: Caller): MaybePromise<Accepted> {
  return caller.send ? engine.sends.accept(request, caller, caller.send) : accept(engine, request, caller);
}

export function accept(engine: Engine, request: SendMessageRequest, caller: Caller): MaybePromise<Accepted> {
  engine.assertOpen();
  const { message, configuration } = request;
  if (message.taskId !== undefined) return followUp(engine, request, caller, message.taskId);
  // What may be answered directly is asked about later.
  if (!engine.agent.reply) engine.admit(caller);
  if (message.contextId !== undefined) return claimThenBegin(engine, request, caller, message.contextId);
  return begin(engine, request, caller, newId(), configuration?.taskPushNotificationConfig !== undefined);
}

async function claimThenBegin(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
  contextId: string,
): Promise<Accepted> {
  await claim(engine, contextId, caller.owner);
  try {
    const accepted = await begin(engine, request, caller, contextId, true);
    if (accepted.reply) engine.claims.delete(contextId);
    return accepted;
  } catch (error) {
    engine.claims.delete(contextId);
    throw error;
  }
}

/** A message that names no task: the agent may answer directly, otherwise a task is made. Promises only where somebody needs one. */
function begin(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
  contextId: string,
  keepsConfig: boolean,
): MaybePromise<Accepted> {
  const go = (reply: Content | Message | undefined): MaybePromise<Accepted> => {
    if (reply !== undefined) return { reply: asMessage(reply, contextId) };
    engine.admit(caller);
    const taskId = caller.newTaskId ?? newId();
    if (!keepsConfig) return create(engine, request, caller, taskId, contextId);
    return keepPushConfig(engine, request, taskId).then(async (config) => {
      try {
        return create(engine, request, caller, taskId, contextId);
      } catch (error) {
        // No such task came to be, unless another call was making it.
        if (config && !engine.live(taskId)) await engine.push?.delete(taskId, config.id ?? "");
        throw error;
      }
    });
  };
  if (!engine.agent.reply) return go(undefined);
  try {
    const scope = new Scope(contextId, caller, request, engine.services);
    const reply = engine.agent.reply(
      new Request(messageIn(request.message, contextId, undefined), request),
      scope,
    );
    if (!(reply instanceof Promise)) return go(reply);
    return reply.then(go).catch((error: unknown) => {
      throw publicError(engine, error);
    });
  } catch (error) {
    throw publicError(engine, error);
  }
}

/** In characters. Every event of a task repeats it. */
const longestContextId = 1_000;

/** A context belongs to whoever used it first. Others learn nothing but that they cannot have it. */
async function claim(engine: Engine, contextId: string, owner: string): Promise<void> {
  if (contextId.length > longestContextId)
    throw invalidField("message.contextId", `expected at most ${longestContextId} characters`);
  const stored = await engine.journal.contextOwner(contextId);
  const holder = engine.claims.get(contextId) ?? stored;
  if (holder !== undefined && holder !== owner) {
    throw invalidField("message.contextId", "this context id cannot be used; leave it out to get a new one");
  }
  if (holder === undefined) engine.claims.set(contextId, owner);
}

function asMessage(reply: Content | Message, contextId: string): Message {
  const given = typeof reply === "object" && "messageId" in reply ? reply : undefined;
  const made = given
    ? { ...given, role: "ROLE_AGENT" as const }
    : { messageId: newId(), role: "ROLE_AGENT" as const, parts: parts(reply as Content) };
  const message = { ...made, contextId, taskId: undefined };
  return check("Message", message, { reason: "INVALID_AGENT_RESPONSE" });
}

/** What user code throws is logged and hidden, as in a run. */
function publicError(engine: Engine, error: unknown): A2AError {
  if (error instanceof A2AError) return error;
  const errorId = newId();
  engine.log.error("The agent failed to reply", { errorId, error });
  return new A2AError("INTERNAL_ERROR", `The agent failed. Error id: ${errorId}`);
}

async function keepPushConfig(
  engine: Engine,
  request: SendMessageRequest,
  taskId: string,
): Promise<TaskPushNotificationConfig | undefined> {
  const config = request.configuration?.taskPushNotificationConfig;
  if (config === undefined) return undefined;
  return engine.push?.create(config, taskId, "configuration.taskPushNotificationConfig");
}

function create(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
  id: string,
  contextId: string,
): Accepted {
  if (!engine.agent.execute) {
    throw new A2AError(
      "UNSUPPORTED_OPERATION",
      "This agent only answers directly and had no answer to this message",
    );
  }
  engine.assertOpen();
  engine.admit(caller);
  if (engine.live(id)) throw new A2AError("INVALID_REQUEST", "A task of this name has just been made");
  const message = messageIn(request.message, contextId, id);
  const live = new LiveTask({ id, contextId, owner: caller.owner, seq: 0, statusMillis: 0 });
  if (engine.cluster) live.lease = { node: engine.cluster.node, epoch: 1 };
  engine.add(live);
  const status = { state: "TASK_STATE_SUBMITTED" as const, timestamp: timestamp() };
  engine.recorder.record(live, { task: { id, contextId, status, history: [message] } });
  begun(engine, live, request, caller);
  engine.run(live).start(message, request, caller);
  return { live, created: true, settledAfter: 1 };
}

/** A further turn: appended with the status it leads to, then handed to the executor, running or new. */
async function followUp(
  engine: Engine,
  request: SendMessageRequest,
  caller: Caller,
  id: string,
): Promise<Accepted> {
  const live = await engine.hold(id, caller.owner);
  try {
    const { contextId } = live;
    if ((request.message.contextId ?? contextId) !== contextId) {
      throw invalidField("message.contextId", "not the context of the task named by message.taskId");
    }
    takesTurn(live, caller);
    if (request.configuration?.taskPushNotificationConfig) {
      await keepPushConfig(engine, request, id);
      takesTurn(live, caller);
    }
    engine.assertOpen();
    if (live.run ? live.run.paused : isSettled(live.state)) engine.admit(caller);
    const message = messageIn(request.message, contextId, id);
    // Where others write too, only the store can say that nothing came in between.
    const conditional = caller.numbered?.expected !== undefined;
    if (engine.cluster && (live.elsewhere || conditional))
      return await interjectTurn(engine, engine.cluster, live, request, caller, message);
    const status = statusAfterTurn(live);
    const { seq } = engine.recorder.record(
      live,
      { statusUpdate: { taskId: id, contextId, status } },
      message,
    );
    const running = live.run !== undefined;
    if (live.run) live.run.deliver(message);
    else {
      begun(engine, live, request, caller);
      engine.run(live).start(message, request, caller);
    }
    return { live, created: false, settledAfter: isWaiting(status) && running ? seq - 1 : seq };
  } catch (error) {
    engine.letGo(live);
    throw error;
  }
}

/**
 * A task that waits for an authorization goes on saying so, and one whose run waits for its turn stays as it is: of a run
 * elsewhere nobody knows more than the task says.
 */
export function statusAfterTurn({ state, task, run }: LiveTask) {
  const { message } = task.status;
  if (state === "TASK_STATE_AUTH_REQUIRED")
    return { state, ...(message && { message }), timestamp: timestamp() };
  const waits = run ? run.queued : state === "TASK_STATE_SUBMITTED";
  return { state: waits ? state : ("TASK_STATE_WORKING" as const), timestamp: timestamp() };
}

export const isWaiting = ({ state }: TaskStatus): boolean => state === "TASK_STATE_AUTH_REQUIRED";

/** What another node needs to begin the run again is committed with the message that begins it. */
function begun(engine: Engine, live: LiveTask, request: SendMessageRequest, caller: Caller): void {
  if (!engine.agent.resumable) return;
  // Whoever waits for the message waits for its note as well: they are one append.
  engine.recorder.note(live, beginningNote(live.seq, request, caller)).catch(() => {});
}

/**
 * To be asked again after every wait: a task may end in any of them.
 * @throws A2AError UNSUPPORTED_OPERATION, TASK_GENERATION_MISMATCH
 */
export function takesTurn(live: LiveTask, { numbered }: Caller): void {
  if (numbered?.expected !== undefined && numbered.expected !== live.seq)
    throw numbered.mismatch(live.id, live.seq);
  if (isTerminal(live.state)) throw hasEnded(live);
}
