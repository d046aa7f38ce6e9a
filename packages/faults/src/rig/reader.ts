/** A client that follows one task to its end, over whichever node takes it, and keeps what it was shown. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StreamResponse, TaskState } from "@parley/a2a";
import type { Work } from "../node/settings.js";
import { sendRequest } from "./requests.js";
import { Refusal, type SentEvent, stream } from "./wire.js";

export interface ReaderOptions {
  /** The port of the node to ask next; asked before every connection. */
  readonly port: () => number;
  /** Characters after which a connection is broken by the reader; none unless told. */
  readonly budget?: (() => number) | undefined;
  /** How long a task may stand still before that is a fault. */
  readonly patienceMillis: number;
  /** Called with each event. */
  readonly saw?: () => void;
  /** Aborted when nobody waits for the task any more. */
  readonly signal?: AbortSignal;
}

/** Answers that say nothing of the task: the node was asleep while the request came, or has too much to do. */
const passing: readonly number[] = [408, 429];

const terminal = /^TASK_STATE_(COMPLETED|FAILED|CANCELED|REJECTED)$/;

export const isTerminal = (state: TaskState | undefined): boolean => terminal.test(state ?? "");

/** The state that an event states, if it does. */
export function stateOf(data: string): TaskState | undefined {
  if (data.startsWith('{"artifactUpdate"')) return undefined;
  const { task, statusUpdate } = JSON.parse(data) as StreamResponse;
  return (task ?? statusUpdate)?.status.state;
}

function taskOf(data: string): string | undefined {
  const { task, statusUpdate, artifactUpdate } = JSON.parse(data) as StreamResponse;
  return task?.id ?? statusUpdate?.taskId ?? artifactUpdate?.taskId;
}

export class Reader {
  readonly events: SentEvent[] = [];
  /** Undefined until the task is acknowledged. */
  taskId: string | undefined;
  ended = false;
  /** How often it has connected again. */
  reconnects = 0;
  /** Why it gave up. */
  wrong: string | undefined;
  readonly #options: ReaderOptions;
  #begun = () => {};

  constructor(options: ReaderOptions, taskId?: string) {
    this.#options = options;
    this.taskId = taskId;
  }

  /** Begins a task and follows it; says so when it is acknowledged. Without an answer nobody knows whether there is one: then `taskId` stays undefined. */
  async send(work: Work, begun: () => void = () => {}): Promise<void> {
    this.#begun = begun;
    await this.#connect("/message:stream", sendRequest(work), undefined);
    if (this.taskId !== undefined) await this.follow();
  }

  /** Follows the task to its end, from its first event on. */
  async follow(): Promise<void> {
    const { patienceMillis, signal } = this.#options;
    let progressAt = Date.now();
    for (let attempt = 0; !this.ended && this.wrong === undefined && !signal?.aborted; attempt++) {
      const before = this.events.length;
      if (attempt > 0) this.reconnects++;
      await this.#connect(`/tasks/${this.taskId}:subscribe`, {}, this.events.at(-1)?.id ?? 0);
      if (this.events.length > before) progressAt = Date.now();
      else if (Date.now() - progressAt > patienceMillis)
        this.wrong ??= `${this.taskId} stood still after event ${before} for ${patienceMillis} ms`;
      else await sleep(50);
    }
  }

  async #connect(path: string, body: unknown, after: number | undefined): Promise<void> {
    const { port, budget, patienceMillis } = this.#options;
    try {
      const take = (event: SentEvent) => this.#take(event);
      await stream(port(), path, body, { after, budget: budget?.(), patienceMillis, take });
    } catch (error) {
      // The task is there: an answer that says otherwise takes something back.
      if (error instanceof Refusal && error.answer.status < 500 && !passing.includes(error.answer.status))
        this.wrong = `${this.taskId} after event ${after}: ${error.message}`;
    }
  }

  #take(event: SentEvent): void {
    const before = this.events.at(-1)?.id;
    if (this.ended) this.wrong ??= `${this.taskId}: event ${event.id} came after the end`;
    if (before !== undefined && event.id !== before + 1)
      this.wrong ??= `${this.taskId}: event ${event.id} came after event ${before}`;
    // Nobody needs the rest.
    if (this.wrong !== undefined) throw new Error(this.wrong);
    if (this.taskId === undefined) {
      this.taskId = taskOf(event.data);
      this.#begun();
    }
    this.events.push(event);
    this.#options.saw?.();
    this.ended ||= isTerminal(stateOf(event.data));
  }
}
