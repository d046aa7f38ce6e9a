/** One execution of the agent for one task: pulls its generator, records what it yields, ends the task when it ends. */
import { ArtifactEvent, StatusEvent } from "../agent/events.js";
import type { Agent, Execution, Yielded } from "../agent/index.js";
import { copy } from "../agent/parts.js";
import { check } from "../codec/index.js";
import type { Log, MaybePromise, Note, TaskEvent } from "../ports/index.js";
import {
  A2AError,
  artifactWith,
  isTerminal,
  type Message,
  type Part,
  type SendMessageRequest,
  type TaskState,
} from "../protocol/index.js";
import type { Admission, Place } from "./admission.js";
import { timestamp } from "./clock.js";
import { type Caller, Context, principalOf, Request, type ScopeServices } from "./context.js";
import { newId } from "./ids.js";
import type { LiveTask } from "./live-task.js";
import { effectNote, type Past, queuedNote } from "./past.js";
import type { Recorder } from "./record.js";
import { TaskTooLarge } from "./task-size.js";

export interface RunOptions {
  readonly agent: Agent;
  readonly recorder: Recorder;
  readonly log: Log;
  readonly services: ScopeServices;
  /** There where the number of runs is limited. */
  readonly admission: Admission | undefined;
  /** Called when the run is over, whatever way. */
  readonly ended: (live: LiveTask) => void;
}

interface Reader {
  resolve(message: Message): void;
  reject(error: unknown): void;
}

export class Run {
  readonly #live: LiveTask;
  readonly #options: RunOptions;
  /** The entry that brought the message this run began with. */
  #begun = Number.MAX_SAFE_INTEGER;
  /** Messages up to this entry are no news for it; until it has begun none are. */
  knows: number | undefined;
  #execution: Execution | undefined;
  #abort: AbortController | undefined;
  #over = false;
  /** The generator is paused at `yield inputRequired()`. */
  #asking: ((answer: Message) => void) | undefined;
  #inbox: Message[] | undefined;
  #readers: Reader[] | undefined;
  /** Of a run that does again what one on a lost node did: what that was told, and what it kept. */
  #past: Past | undefined;
  #effects: Map<string, Promise<unknown>> | undefined;
  #place: Place | undefined;
  /** What it is to begin with when it is its turn. */
  #waiting: { readonly sent: SendMessageRequest; readonly caller: Caller } | undefined;

  constructor(live: LiveTask, options: RunOptions) {
    this.#live = live;
    this.#options = options;
  }

  /** Begins, as soon as there is room; the first events may be recorded before this returns. */
  start(message: Message, sent: SendMessageRequest, caller: Caller, begun = this.#live.seq): void {
    // Another node may have ended the task before it could begin.
    if (this.#over) return;
    this.#begun = begun;
    this.knows ??= begun;
    const context = new Context(this, this.#live, caller, sent, this.#options.services);
    const { admission } = this.#options;
    if (admission === undefined) return this.#begin(message, sent, context);
    this.#waiting = { sent, caller };
    this.#place = admission.place(principalOf(caller));
    this.#place.take(() => this.#begin(message, sent, context));
  }

  #begin(message: Message, sent: SendMessageRequest, context: Context): void {
    this.#waiting = undefined;
    void this.#drive(new Request(message, sent), context);
  }

  /** It is yet to begin, since others are before it. */
  get queued(): boolean {
    return this.#waiting !== undefined;
  }

  /** What lets another process begin a run that is queued. */
  get handover(): Note | undefined {
    return this.#waiting && queuedNote(this.#begun, this.#waiting.sent, this.#waiting.caller);
  }

  /** It waits at a question, and takes no part in the work until it is answered. */
  get paused(): boolean {
    return this.#asking !== undefined;
  }

  /** What it is to begin with is known. Until it has begun, it can be handed over again if it was. */
  prepare(past: Past): void {
    this.#past = past;
    this.#begun = past.begun;
    this.knows = past.upTo;
    if (past.queued) this.#waiting = past;
  }

  /** Begins again what a run on another node, or before a restart, has begun. */
  startAgain(past: Past): void {
    const { id: taskId, contextId } = this.#live;
    this.start({ ...past.sent.message, taskId, contextId }, past.sent, past.caller, past.begun);
  }

  /** Whether something of this run was done before, elsewhere. */
  get resumed(): boolean {
    return this.#past !== undefined && !this.#past.queued;
  }

  /** The result of an effect: of the first time that its result was kept. */
  once<T>(key: string, effect: (idempotencyKey: string) => MaybePromise<T>): Promise<T> {
    this.#effects ??= new Map();
    const known = this.#effects.get(key);
    if (known) return known as Promise<T>;
    const done = this.#once(key, effect);
    this.#effects.set(key, done);
    // What failed may be tried again.
    done.catch(() => this.#effects?.delete(key));
    return done;
  }

  async #once<T>(key: string, effect: (idempotencyKey: string) => MaybePromise<T>): Promise<T> {
    const { agent, recorder } = this.#options;
    // Turns are numbered by the entry that began them.
    const name = `${this.#begun}/${key}`;
    const kept = this.#past?.effects.get(name);
    if (kept !== undefined) return JSON.parse(kept) as T;
    const keep = (state: { done?: boolean; result?: unknown }) =>
      recorder.note(this.#live, effectNote(name, state));
    if (this.#over) throw hasEnded();
    // A node that has lost the task learns it here, before it does anything.
    if (agent.resumable) await keep({});
    if (this.#over) throw hasEnded();
    const result = await effect(`${this.#live.id}/${name}`);
    if (agent.resumable) await keep({ done: true, result });
    return result;
  }

  async #drive(request: Request, context: Context): Promise<void> {
    const live = this.#live;
    try {
      const { agent, recorder } = this.#options;
      if (!agent.execute) throw new Error("The agent has no execute");
      const execution = agent.execute(request, context);
      if (typeof execution?.next !== "function")
        throw new TypeError("execute must be a generator of events: async *execute(request, context)");
      this.#execution = execution;
      let answer: Message | undefined;
      for (;;) {
        const step = await execution.next(answer as Message);
        if (this.#over) return;
        if (step.done) return this.#finish(step.value ?? undefined);
        answer = asks(step.value) ? this.#past?.messages.shift() : undefined;
        // What was asked and answered before is not asked again.
        if (answer) continue;
        this.#emit(step.value);
        if (isTerminal(live.state)) return this.#close(false);
        answer = asks(step.value) ? await this.#answer() : undefined;
        const nextTick = recorder.breathe();
        if (nextTick) {
          await nextTick;
          if (this.#over) return;
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The generator returned. A returned event ends the run as it says; nothing returned completes the task. */
  #finish(last: Yielded | undefined): void {
    if (last !== undefined) this.#emit(last);
    const { state } = this.#live;
    const paused =
      last !== undefined && (state === "TASK_STATE_INPUT_REQUIRED" || state === "TASK_STATE_AUTH_REQUIRED");
    if (!paused && !isTerminal(state)) this.#status("TASK_STATE_COMPLETED", undefined);
    this.#over = true;
    this.#settle();
  }

  #emit(yielded: Yielded): void {
    if (yielded instanceof StatusEvent) return this.#status(yielded.state, yielded.parts);
    const { id: taskId, contextId } = this.#live;
    if (yielded instanceof ArtifactEvent) {
      const { artifact, append, lastChunk } = yielded;
      this.#record({
        artifactUpdate: {
          taskId,
          contextId,
          artifact: artifactWith(artifact, own(artifact.parts)),
          append: append || undefined,
          lastChunk: lastChunk || undefined,
        },
      });
      return;
    }
    this.#record(this.#raw(yielded));
  }

  #status(state: TaskState, parts: Part[] | undefined): void {
    const { id: taskId, contextId } = this.#live;
    const status =
      parts === undefined
        ? { state, timestamp: timestamp() }
        : { state, message: this.#message(parts), timestamp: timestamp() };
    this.#record({ statusUpdate: { taskId, contextId, status } });
  }

  #message(parts: Part[]): Message {
    return {
      messageId: newId(),
      contextId: this.#live.contextId,
      taskId: this.#live.id,
      role: "ROLE_AGENT",
      parts: own(parts),
    };
  }

  /** An update written by hand: copied, completed with ids and time, and checked. */
  #raw(yielded: unknown): TaskEvent {
    const ids = { taskId: this.#live.id, contextId: this.#live.contextId };
    const event = copy(yielded) as {
      statusUpdate?: { status?: { message?: object } };
      artifactUpdate?: object;
    } | null;
    if (event?.statusUpdate && event.artifactUpdate)
      throw new A2AError(
        "INVALID_AGENT_RESPONSE",
        "An event is a status update or an artifact update, not both",
      );
    if (event?.statusUpdate) {
      const { status, ...rest } = event.statusUpdate;
      const message = status?.message && { message: { ...status.message, ...ids } };
      const completed = { timestamp: timestamp(), ...status, ...message };
      const statusUpdate = check("TaskStatusUpdateEvent", { ...ids, ...rest, status: completed });
      if (statusUpdate.status.state === "TASK_STATE_AUTH_REQUIRED" && !statusUpdate.status.message) {
        throw new A2AError(
          "INVALID_AGENT_RESPONSE",
          "AUTH_REQUIRED needs a message that says what is required",
        );
      }
      return { statusUpdate };
    }
    if (event?.artifactUpdate) {
      return { artifactUpdate: check("TaskArtifactUpdateEvent", { ...ids, ...event.artifactUpdate }) };
    }
    throw new A2AError("INVALID_AGENT_RESPONSE", "An agent yields events made by the builders, or updates");
  }

  #record(event: TaskEvent): void {
    this.#options.recorder.record(this.#live, event);
  }

  /** User code threw, or yielded what it must not: the task fails, the peer sees an opaque id, the log the details. */
  #fail(error: unknown): void {
    if (this.#over) return;
    if (this.#live.lost) return this.#close(true);
    const text = error instanceof TaskTooLarge ? this.#overflow(error) : this.#failure(error);
    if (!isTerminal(this.#live.state)) this.#status("TASK_STATE_FAILED", [{ text }]);
    this.#close(false);
  }

  #overflow({ message }: TaskTooLarge): string {
    this.#options.log.warn("A task was ended that became too large", { taskId: this.#live.id });
    return `The agent was stopped. ${message}.`;
  }

  #failure(error: unknown): string {
    const errorId = newId();
    this.#options.log.error("The agent failed", { errorId, taskId: this.#live.id, error });
    return `The agent failed. Error id: ${errorId}`;
  }

  async #answer(): Promise<Message> {
    const place = this.#place;
    place?.give();
    const answer = await new Promise<Message>((resolve) => {
      this.#asking = resolve;
    });
    if (place && !this.#over) await new Promise<void>((resolve) => place.take(resolve));
    return answer;
  }

  /** An entry of another node brought a message. */
  hear(seq: number, message: Message): void {
    if (this.knows !== undefined && seq > this.knows) this.deliver(message);
  }

  /** A message arrived for the task: the answer to a question, or something for `nextMessage`. */
  deliver(message: Message): void {
    if (this.#asking) {
      const answer = this.#asking;
      this.#asking = undefined;
      answer(message);
      return;
    }
    const reader = this.#readers?.shift();
    if (reader) return reader.resolve(message);
    this.#inbox ??= [];
    this.#inbox.push(message);
  }

  nextMessage(): Promise<Message> {
    const waiting = this.#past?.messages.shift() ?? this.#inbox?.shift();
    if (waiting) return Promise.resolve(waiting);
    const next = new Promise<Message>((resolve, reject) => {
      if (this.#over) return reject(hasEnded());
      this.#readers ??= [];
      this.#readers.push({ resolve, reject });
    });
    // An agent that asked and then did not wait is no reason to end the process.
    next.catch(() => {});
    return next;
  }

  /** Made when first asked for: most agents never do, and a signal costs more than the rest of a small run. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#over && !this.#abort.signal.aborted) this.#abort.abort(hasEnded());
    return this.#abort.signal;
  }

  /** Ends the run from outside: the signal aborts, the generator is closed, later events are ignored. */
  stop(): void {
    if (!this.#over) this.#close(true);
  }

  /** Closes a generator that has not returned by itself. */
  #close(abort: boolean): void {
    this.#over = true;
    if (abort) this.#abort?.abort(hasEnded());
    // What `execute` gave may be no generator at all: an async function written without its star.
    const closing = async () => this.#execution?.return?.(undefined);
    closing().catch((error: unknown) => {
      if (!abort)
        this.#options.log.warn("The agent failed while it was closed", { taskId: this.#live.id, error });
    });
    this.#settle();
  }

  #settle(): void {
    if (this.#live.run === this) this.#live.run = undefined;
    this.#place?.give();
    for (const reader of this.#readers?.splice(0) ?? []) reader.reject(hasEnded());
    this.#options.ended(this.#live);
  }
}

/** What agents that still wait for something are told. */
const hasEnded = () => new Error("The task has ended");

/** The agent may keep an event, change it and yield it again: what is recorded stays as it was. */
const own = (parts: readonly Part[]): Part[] => parts.map((part) => ({ ...part }));

/** Only the builder's question pauses: an answer is handed to the `yield` that asked. */
function asks(yielded: Yielded): boolean {
  return yielded instanceof StatusEvent && yielded.state === "TASK_STATE_INPUT_REQUIRED";
}
