/** A stream that outlives its connections. */
import {
  A2AError,
  type ErrorReason,
  isTerminal,
  type OperationTypes,
  type StreamResponse,
  states,
  type Task,
  type TaskState,
} from "../protocol/index.js";
import { delayBefore, isTransient, sleep } from "./backoff.js";
import type { Caller, StreamingName } from "./caller.js";
import { type CallOptions, type ClientOptions, defaults, type SubscribeOptions } from "./options.js";
import { numberOf, ShownEvents } from "./shown-events.js";
import type { ReceivedEvent, ReceivedStream } from "./transport.js";
import { TransportError } from "./transport-error.js";

type StreamRequest = OperationTypes[StreamingName]["request"];

/** What agents answer who is to be subscribed to a task that has ended; agents of 0.3 have no error for it. */
const refusals: ReadonlySet<ErrorReason> = new Set(["UNSUPPORTED_OPERATION", "INVALID_PARAMS"]);

/** A connection that held this long is no failed attempt, even if nothing happened on it. */
const steadyMs = 30_000;

/** How long a server may take to close a stream after its task has ended. */
const lingerMs = 2_000;

/**
 * The events of a task (or a direct Message), in order, each once. It begins when the first event is asked for,
 * and can be iterated once; leaving the loop closes the connection. When the connection is cut it resumes by
 * SubscribeToTask with `Last-Event-ID`; where the agent cannot resume, a snapshot Task stands for what was missed.
 *
 * Iterating throws A2AError; TransportError when it could not be resumed; the reason of an aborted signal.
 */
export class ResponseStream implements AsyncIterableIterator<StreamResponse, void, undefined> {
  readonly #caller: Caller;
  readonly #name: StreamingName;
  readonly #request: StreamRequest;
  readonly #call: CallOptions;
  readonly #options: ClientOptions;
  /** Aborted when the caller leaves the loop or aborts the call. */
  readonly #leave = new AbortController();
  readonly #responses: AsyncGenerator<StreamResponse, void, undefined>;

  #connection: ReceivedStream | undefined;
  #resumed = false;
  /** From the first resumption on. */
  #shown: ShownEvents | undefined;
  /** The next event is the first of its connection. */
  #first = true;
  /** Attempts since the last progress. */
  #failures = 0;

  #lastEventId: string | undefined;
  /** What the connection was asked to go on after: up to there its events were seen. */
  #after: string | undefined;
  #taskId: string | undefined;
  #state: TaskState | undefined;
  /** Nothing more is expected: the server may close. */
  #complete = false;
  /** It stays so: no state follows a terminal one, and no task a direct Message. */
  #ended = false;

  constructor(
    caller: Caller,
    name: StreamingName,
    request: StreamRequest,
    { lastEventId, ...call }: SubscribeOptions,
    options: ClientOptions,
  ) {
    this.#caller = caller;
    this.#name = name;
    this.#request = request;
    this.#call = { ...call, signal: this.#leave.signal };
    this.#options = options;
    this.#lastEventId = lastEventId;
    if ("id" in request) this.#taskId = request.id;
    this.#responses = this.#follow(call.signal);
  }

  /** Id of the event that came last; `subscribeToTask` goes on from there, even in another process. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamResponse, void>> {
    return this.#responses.next();
  }

  return(): Promise<IteratorResult<StreamResponse, void>> {
    this.#leave.abort();
    return this.#responses.return();
  }

  async *#follow(signal: AbortSignal | undefined): AsyncGenerator<StreamResponse, void, undefined> {
    const abort = () => this.#leave.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort);
    try {
      await this.#connect(this.#name, this.#request);
      for (;;) {
        const connectedAt = Date.now();
        const failure = yield* this.#read();
        if (failure === undefined) return;
        if (Date.now() - connectedAt > steadyMs) this.#failures = 0;
        const final = await this.#resume(failure);
        if (final) return yield { task: final };
      }
    } catch (error) {
      if (!this.#leave.signal.aborted || signal?.aborted) throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#connection?.close();
    }
  }

  async #connect(name: StreamingName, request: StreamRequest, retries?: number): Promise<void> {
    const options = { ...this.#call, lastEventId: this.#lastEventId };
    this.#connection?.close();
    this.#connection = await this.#caller.stream(name, request, options, retries);
    this.#first = true;
    this.#after = this.#lastEventId;
  }

  /** The connection's events until it closes. Returns why to resume; nothing when the stream is over. */
  async *#read(): AsyncGenerator<StreamResponse, unknown, undefined> {
    const idleMs = this.#options.idleMs ?? defaults.idleMs;
    let progress = false;
    try {
      for await (const event of this.#connection?.events(() => (this.#complete ? lingerMs : idleMs)) ?? []) {
        const snapshot = this.#resumed && this.#first && event.response.task !== undefined;
        if (!this.#accept(event)) continue;
        const isNew = this.#shown?.add(event) ?? true;
        progress ||= isNew && !snapshot;
        if (progress) this.#failures = 0;
        yield event.response;
        // A subscription goes on where the stream of a send would have closed.
        if (this.#resumed && this.#complete && this.#state === "TASK_STATE_INPUT_REQUIRED") return undefined;
      }
    } catch (error) {
      if (this.#complete) return undefined;
      if (!isSurvivable(error)) throw error;
      return error;
    }
    if (this.#complete || this.#closedOnPurpose(progress)) return undefined;
    if (this.#state === undefined && this.#taskId !== undefined) {
      const task = await this.#getTask();
      if (isTerminal(task.status.state)) {
        // After the caller's own `lastEventId` there may have been nothing more to say.
        if (progress || this.#lastEventId === undefined) yield { task };
        return undefined;
      }
    }
    return new TransportError("network", "the stream was closed before its task ended");
  }

  /**
   * Takes note of an event. False for one that came before the connection was cut. On one connection ids tell nothing
   * apart: the first servers of the JavaScript SDK number events by the millisecond.
   */
  #accept({ id, response }: ReceivedEvent): boolean {
    const first = this.#first;
    this.#first = false;
    const { task, message, statusUpdate, artifactUpdate } = response;
    const taskId = task?.id ?? (statusUpdate ?? artifactUpdate)?.taskId;
    this.#taskId ||= taskId;
    if (taskId && taskId !== this.#taskId) {
      throw new A2AError(
        "INVALID_AGENT_RESPONSE",
        `An event of ${taskId} came on the stream of ${this.#taskId}`,
      );
    }
    if (id !== undefined) {
      // A first Task is a fresh snapshot, whatever its number: what comes after it counts from there.
      if (first && task !== undefined) this.#after = undefined;
      else if (isSeen(id, this.#after)) return false;
      // An empty one takes back what was said before (WHATWG HTML 9.2.6).
      this.#lastEventId = id || undefined;
    }
    const state = (task ?? statusUpdate)?.status.state;
    if (state !== undefined) {
      this.#state = state;
      this.#complete = this.#pausesAt(state) && !(first && task && this.#isFollowUp());
    }
    this.#ended ||= message !== undefined || (state !== undefined && isTerminal(state));
    this.#complete ||= this.#ended;
    return true;
  }

  /** Streams of a send close at INPUT_REQUIRED (spec 11.7), subscriptions do not. */
  #pausesAt(state: TaskState | undefined): boolean {
    return this.#name === "SendStreamingMessage" && state === "TASK_STATE_INPUT_REQUIRED";
  }

  /** The Task that comes first may then still show the pause that the message answers. */
  #isFollowUp(): boolean {
    return !this.#resumed && "message" in this.#request && this.#request.message.taskId !== undefined;
  }

  /** Whether a server that closed properly, though the task is not known to have ended, has nothing more to say. */
  #closedOnPurpose(progress: boolean): boolean {
    if (this.#state === undefined) return false;
    // Resumed, it closed where it had closed before: it does so whenever a task is interrupted.
    return this.#pausesAt(this.#state) || (!progress && states[this.#state].interrupted);
  }

  /** Reconnects. Returns the final Task when it has ended, and the agent does not replay what led there. */
  async #resume(failure: unknown): Promise<Task | undefined> {
    const id = this.#taskId;
    if (id === undefined) throw failure;
    this.#resumed = true;
    this.#shown ??= new ShownEvents(this.#lastEventId);
    for (let reason = failure; ; ) {
      if (this.#failures >= (this.#options.resumes ?? defaults.resumes)) throw reason;
      await sleep(delayBefore(this.#failures++, reason, this.#connection?.retry), this.#call.signal);
      try {
        await this.#connect("SubscribeToTask", { tenant: this.#request.tenant, id }, 0);
        return undefined;
      } catch (error) {
        if (error instanceof A2AError && refusals.has(error.reason)) return this.#finalTask(error);
        if (!isSurvivable(error)) throw error;
        reason = error;
      }
    }
  }

  async #finalTask(refusal: A2AError): Promise<Task> {
    const task = await this.#getTask();
    if (!isTerminal(task.status.state)) throw refusal;
    return task;
  }

  #getTask(): Promise<Task> {
    return this.#caller.unary(
      "GetTask",
      { tenant: this.#request.tenant, id: this.#taskId ?? "" },
      this.#call,
    );
  }
}

function isSurvivable(error: unknown): boolean {
  return isTransient(error) || (error instanceof TransportError && error.kind === "timeout");
}

/** Ids that are numbers grow; of others only the same one is known to be old. */
function isSeen(id: string, last: string | undefined): boolean {
  if (last === undefined) return false;
  const [number, lastNumber] = [numberOf(id), numberOf(last)];
  return number !== undefined && lastNumber !== undefined ? number <= lastNumber : id === last;
}
