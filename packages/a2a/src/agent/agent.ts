/** What an agent is: a card and a generator of events. */

import type { Principal } from "../auth/index.js";
import type { Log, MaybePromise } from "../ports/index.js";
import type {
  AgentCard,
  AgentSkill,
  Message,
  Part,
  SendMessageConfiguration,
  StreamResponse,
  Struct,
  Task,
} from "../protocol/index.js";
import type { AgentEvent } from "./events.js";
import type { Content } from "./parts.js";

/** What the caller sent. */
export interface AgentRequest {
  readonly message: Message;
  /** All text parts, joined by newlines. */
  readonly text: string;
  readonly parts: readonly Part[];
  readonly configuration: SendMessageConfiguration;
  readonly metadata: Struct | undefined;
}

/** What is true of every call, with a task or without. */
export interface CallScope {
  readonly contextId: string;
  /** Who calls; undefined on a server without authentication. */
  readonly principal: Principal | undefined;
  readonly tenant: string | undefined;
  /** Media types the client takes, as it named them; empty for any. */
  readonly acceptedOutputModes: readonly string[];
  /** Whether the client takes parts of this media type. Understands `text/*` and `*\/*`. */
  accepts(mediaType: string): boolean;
  /** URIs of the extensions in use for this call. */
  readonly extensions: readonly string[];
  readonly log: Log;
  /** A task of the same caller, for `referenceTaskIds`; undefined when there is none. */
  getTask(id: string): Promise<Task | undefined>;
}

/** What `execute` knows of its task. */
export interface AgentContext extends CallScope {
  readonly taskId: string;
  /** The task so far. Read only; it grows while the agent works, but for what is in its artifacts once that is past 4 Mi characters. */
  readonly task: Task;
  /** The messages so far, the current one last. */
  readonly history: readonly Message[];
  /** Aborts when the task is canceled or the server stops. */
  readonly signal: AbortSignal;
  /** This run begins again what one on a lost node, or before a restart, had begun. Only of resumable agents. */
  readonly resumed: boolean;
  /**
   * Does something that must not be done again when the run is begun again, and keeps what came of it.
   * When it is interrupted before its result is kept it is repeated: hand the idempotency key, which is the
   * same then, to whatever can make use of one.
   *
   * @param key Names the effect within its task.
   * @returns the result as JSON gives it back.
   */
  once<T>(key: string, effect: (idempotencyKey: string) => MaybePromise<T>): Promise<T>;
  /** The next message sent to this task while it runs; rejects when the task is canceled. */
  nextMessage(): Promise<Message>;
}

/** What `execute` may yield and return: events from the builders, or raw updates. */
export type Yielded = AgentEvent | Exclude<StreamResponse, { task: Task } | { message: Message }>;

export type Execution = AsyncGenerator<Yielded, Yielded | undefined | void, Message>;

/** The part of the card an agent writes; the server adds interfaces, capabilities and security. */
export type CardDraft = Pick<AgentCard, "name" | "description" | "version"> &
  Partial<Omit<AgentCard, "skills">> & { readonly skills?: readonly AgentSkill[] };

export interface Agent {
  readonly card: CardDraft;
  /**
   * A task whose process died is begun again from its first message of the turn, where another node or the next
   * start finds it: `execute` is called with `context.resumed`, everything that was recorded is in `context.task`,
   * questions that were answered are not asked again, and `context.once` keeps effects from happening twice.
   * Text that is appended becomes one part there: to go on by a count of parts, write data parts or use `context.once`.
   * Tasks of other agents fail then.
   */
  readonly resumable?: boolean;
  /**
   * Works on a task. Falling off the end completes it; throwing fails it with an opaque error id
   * (the details go to the log).
   */
  execute?(request: AgentRequest, context: AgentContext): Execution;
  /**
   * Answers without a task. Tried first for messages that name no task; undefined hands over to `execute`.
   */
  reply?(request: AgentRequest, scope: CallScope): MaybePromise<Content | Message | undefined>;
}

/**
 * Declares an agent, checking it at once.
 * @throws TypeError when there is neither `execute` nor `reply`, or the card lacks its name, description or version.
 */
export function defineAgent(agent: Agent): Agent {
  if (!agent.execute && !agent.reply) throw new TypeError("An agent needs execute or reply");
  for (const field of ["name", "description", "version"] as const) {
    if (!agent.card[field]) throw new TypeError(`The agent's card needs a ${field}`);
  }
  return agent;
}
