/** What user code sees of its call and its task: AgentRequest, CallScope and AgentContext. */
import type { AgentContext, AgentRequest, CallScope } from "../agent/index.js";
import type { Principal } from "../auth/index.js";
import type { Numbered } from "../dispatch/contract.js";
import type { Log, MaybePromise } from "../ports/index.js";
import type { Message, Part, SendMessageRequest, Task } from "../protocol/index.js";
import { acceptsMediaType } from "../protocol/index.js";
import type { LiveTask } from "./live-task.js";
import type { Run } from "./run.js";
import type { SendKey } from "./sends.js";

/** Who calls, as dispatch found out. */
export interface Caller {
  /** (tenant, principal) in one string: what it owns is all it can see. */
  readonly owner: string;
  readonly tenant: string | undefined;
  readonly principal: Principal | undefined;
  /** Activated extensions. */
  readonly extensions: readonly string[];
  /** The id of the task that a message is to make, where dispatch knows a better one than a new one. */
  readonly newTaskId?: string | undefined;
  /** What a version says that tells how far tasks are. */
  readonly numbered?: Numbered | undefined;
  /** A message that is to be taken once, however often it is sent. */
  readonly send?: SendKey | undefined;
}

/** Who a task is counted for: whoever is not known is one of them all. */
export const principalOf = ({ principal }: Caller): string => principal?.id ?? "";

export class Request implements AgentRequest {
  constructor(
    readonly message: Message,
    private readonly sent: SendMessageRequest,
  ) {}
  get parts(): readonly Part[] {
    return this.message.parts;
  }
  get text(): string {
    return textOf(this.message.parts);
  }
  get configuration() {
    return this.sent.configuration ?? {};
  }
  get metadata() {
    return this.sent.metadata;
  }
}

function textOf(parts: readonly Part[]): string {
  if (parts.length === 1) return parts[0]?.text ?? "";
  return parts.flatMap((part) => part.text ?? []).join("\n");
}

/** What a scope needs from the engine. */
export interface ScopeServices {
  readonly log: Log;
  taskOf(id: string, owner: string): Promise<Task | undefined>;
}

export class Scope implements CallScope {
  constructor(
    readonly contextId: string,
    protected readonly caller: Caller,
    protected readonly sent: SendMessageRequest,
    protected readonly services: ScopeServices,
  ) {}
  get principal() {
    return this.caller.principal;
  }
  get tenant() {
    return this.caller.tenant;
  }
  get acceptedOutputModes(): readonly string[] {
    return this.sent.configuration?.acceptedOutputModes ?? [];
  }
  accepts(mediaType: string): boolean {
    const modes = this.acceptedOutputModes;
    return modes.length === 0 || acceptsMediaType(modes, mediaType);
  }
  get extensions() {
    return this.caller.extensions;
  }
  get log() {
    return this.services.log;
  }
  getTask(id: string): Promise<Task | undefined> {
    return this.services.taskOf(id, this.caller.owner);
  }
}

export class Context extends Scope implements AgentContext {
  readonly #run: Run;
  readonly #live: LiveTask;

  constructor(run: Run, live: LiveTask, caller: Caller, sent: SendMessageRequest, services: ScopeServices) {
    super(live.contextId, caller, sent, services);
    this.#run = run;
    this.#live = live;
  }
  get taskId(): string {
    return this.#live.id;
  }
  get task(): Task {
    return this.#live.task;
  }
  get history(): readonly Message[] {
    return this.#live.task.history ?? [];
  }
  get signal(): AbortSignal {
    return this.#run.signal;
  }
  get resumed(): boolean {
    return this.#run.resumed;
  }
  once<T>(key: string, effect: (idempotencyKey: string) => MaybePromise<T>): Promise<T> {
    return this.#run.once(key, effect);
  }
  nextMessage(): Promise<Message> {
    return this.#run.nextMessage();
  }
}
