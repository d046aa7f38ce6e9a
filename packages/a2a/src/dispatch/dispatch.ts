/** One operation layer: every call of every binding passes here, in the same order, before its verb runs. */
import type { Authenticator, Principal } from "../auth/index.js";
import { check } from "../codec/index.js";
import {
  type Caller,
  cancelTask,
  type Engine,
  getTask,
  getTaskPast,
  listTasks,
  sendMessage,
  sendStreamingMessage,
  subscribeToTask,
} from "../engine/index.js";
import type { MaybePromise } from "../ports/index.js";
import { ownerOf } from "../ports/owner.js";
import {
  A2AError,
  type AgentCard,
  invalidField,
  type OperationName,
  type OperationTypes,
  operations,
  type SendMessageRequest,
} from "../protocol/index.js";
import type { Push } from "../push/index.js";
import { contentChecker } from "./content.js";
import type { Call, Dispatcher, EventStream, Reply } from "./contract.js";
import { type ActivateExtensions, extensionsOf } from "./extensions.js";
import { type Intercepted, type Interceptor, intercept } from "./interceptors.js";
import { type Idempotency, isKeyed, sendKey } from "./send-key.js";
import { idForName, messageForName } from "./task-names.js";
import { negotiateVersion } from "./version.js";

export interface DispatchOptions {
  readonly engine: Engine;
  /** The public card as it is served. */
  readonly card: () => AgentCard;
  /** What is spoken: requests are in the first, into which those of all others are translated. */
  readonly versions: readonly string[];
  readonly push?: Push | undefined;
  readonly authenticator?: Authenticator | undefined;
  readonly extendedCard?: ((principal: Principal) => MaybePromise<AgentCard>) | undefined;
  readonly interceptors?: readonly Interceptor[] | undefined;
  readonly idempotency?: Idempotency;
}

/** What a verb is given. */
interface Admitted<N extends OperationName> {
  readonly request: OperationTypes[N]["request"];
  readonly caller: Caller;
  readonly call: Call;
}

type UnaryName = Exclude<OperationName, StreamingName>;
type StreamingName = "SendStreamingMessage" | "SubscribeToTask";
type Verb<N extends OperationName, R> = (admitted: Admitted<N>) => Promise<R>;

/** What a card asks of calls, read from it once. */
interface CardRules {
  readonly card: AgentCard;
  readonly content: (request: SendMessageRequest) => void;
  readonly extensions: ActivateExtensions;
}

const rulesOf = (card: AgentCard): CardRules => ({
  card,
  content: contentChecker(card),
  extensions: extensionsOf(card),
});

export function createDispatcher(options: DispatchOptions): Dispatcher {
  const { engine, authenticator, interceptors = [], idempotency } = options;
  const unaryVerbs = unary(options);
  const replies = Object.fromEntries(
    Object.entries(unaryVerbs).map(([name, verb]) => [name, replyOf(verb as Verb<OperationName, string>)]),
  ) as Record<UnaryName, Verb<OperationName, Reply>>;
  const streamVerbs: { [N in StreamingName]: Verb<N, EventStream> } = {
    SendStreamingMessage: ({ request, caller }) => sendStreamingMessage(engine, request, caller),
    SubscribeToTask: ({ request, caller, call }) =>
      subscribeToTask(engine, request.id, caller, cursorOf(call.lastEventId)),
  };
  let rules: CardRules | undefined;

  /** Everything that can refuse a call before its verb runs. */
  function admit<N extends OperationName>(
    name: N,
    value: unknown,
    call: Call,
    principal: Principal | undefined,
  ): Admitted<N> {
    negotiateVersion(call.version, options.versions);
    const card = options.card();
    if (rules?.card !== card) rules = rulesOf(card);
    const extensions = rules.extensions(call.extensions);
    requireCapability(name, card);
    const valid = check(operations[name].request, value) as OperationTypes[N]["request"];
    const request = call.older === undefined ? valid : withItsWebhooks(name, valid, call);
    const tenant = tenantOf(request, call);
    if ("message" in request) {
      rules.content(request);
      if (request.configuration?.taskPushNotificationConfig) requirePush(card);
    }
    const { numbered } = call;
    return {
      request,
      call,
      caller: { owner: ownerOf(tenant, principal?.id), tenant, principal, extensions, numbered },
    };
  }

  /** Where nobody is asked about callers and nothing stands around operations, a call goes straight to its verb. */
  const straight = authenticator === undefined && interceptors.length === 0;

  const isOnce = (name: OperationName, call: Call): boolean =>
    operations[name].request === "SendMessageRequest" && isKeyed(call, idempotency);

  function run<N extends OperationName, R extends Reply | EventStream>(
    name: N,
    value: unknown,
    call: Call,
    verb: Verb<N, R>,
  ): Promise<R> {
    if (!straight || call.taskName !== undefined || isOnce(name, call))
      return runGuarded(name, value, call, verb);
    try {
      return verb(admit(name, value, call, undefined));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async function runGuarded<N extends OperationName, R extends Reply | EventStream>(
    name: N,
    value: unknown,
    call: Call,
    verb: Verb<N, R>,
  ): Promise<R> {
    let principal: Principal | undefined;
    try {
      const authenticating = authenticator?.authenticate(call);
      principal = authenticating instanceof Promise ? await authenticating : authenticating;
      const unnamed = admit(name, value, call, principal);
      const named = call.taskName === undefined ? unnamed : await withTask(engine, unnamed, call.taskName);
      const admitted = isOnce(name, call) ? await withKey(named, unnamed) : named;
      if (interceptors.length === 0) return await verb(admitted);
      const intercepted: Intercepted = {
        operation: name,
        request: admitted.request,
        principal,
        tenant: admitted.caller.tenant,
        call,
      };
      return (await intercept(interceptors, intercepted, () => verb(admitted))) as R;
    } catch (error) {
      if (isRefusal(error)) {
        const { binding } = call;
        const fields = { operation: name, binding, reason: error.reason, principal: principal?.id };
        engine.log.warn("A call was refused", fields);
      }
      throw error;
    }
  }

  return {
    unary: (name, request, call) => run(name, request, call, replies[name as UnaryName]),
    stream: (name, request, call) =>
      run(name, request, call, streamVerbs[name as StreamingName] as Verb<OperationName, EventStream>),
  };
}

/** The send is to be done once; what it is, the client has said. */
async function withKey<N extends OperationName>(
  admitted: Admitted<N>,
  said: Admitted<N>,
): Promise<Admitted<N>> {
  const { caller, call } = admitted;
  if (!("message" in said.request)) return admitted;
  return { ...admitted, caller: { ...caller, send: await sendKey(said.request, caller.owner, call) } };
}

/** The task that the caller means by a name, or is to make under it. */
async function withTask<N extends OperationName>(
  engine: Engine,
  admitted: Admitted<N>,
  taskName: string,
): Promise<Admitted<N>> {
  const { request, caller } = admitted;
  if ("message" in request) {
    const { message, newTaskId } = await messageForName(engine, request.message, taskName, caller.owner);
    return { ...admitted, request: { ...request, message }, caller: { ...caller, newTaskId } };
  }
  const id = await idForName(engine, taskName, caller.owner);
  return { ...admitted, request: { ...request, ["taskId" in request ? "taskId" : "id"]: id } };
}

/** The unary operations, each giving its response message as JSON. */
function unary({ engine, push, extendedCard }: DispatchOptions): { [N in UnaryName]: Verb<N, string> } {
  /** Push configurations are owned like their task. */
  const owned = async (
    taskId: string | undefined,
    caller: Caller,
  ): Promise<{ push: Push; taskId: string }> => {
    if (push === undefined) throw new A2AError("PUSH_NOTIFICATION_NOT_SUPPORTED");
    if (taskId === undefined) throw invalidField("taskId", "required");
    await engine.find(taskId, caller.owner);
    return { push, taskId };
  };
  return {
    SendMessage: ({ request, caller, call }) => sendMessage(engine, request, caller, call),
    GetTask: ({ request, caller, call }) =>
      caller.numbered?.after === undefined
        ? getTask(engine, request, caller.owner, caller.numbered)
        : getTaskPast(engine, request, caller, call),
    ListTasks: ({ request, caller }) => listTasks(engine, request, caller.owner, caller.numbered),
    CancelTask: ({ request, caller }) => cancelTask(engine, request.id, caller.owner, caller.numbered),
    CreateTaskPushNotificationConfig: async ({ request, caller }) => {
      const { push, taskId } = await owned(request.taskId, caller);
      return JSON.stringify(await push.create(request, taskId));
    },
    GetTaskPushNotificationConfig: async ({ request, caller }) => {
      const { push, taskId } = await owned(request.taskId, caller);
      return JSON.stringify(await push.get(taskId, request.id));
    },
    ListTaskPushNotificationConfigs: async ({ request, caller }) => {
      const { push, taskId } = await owned(request.taskId, caller);
      return JSON.stringify(await push.list(taskId, request));
    },
    DeleteTaskPushNotificationConfig: async ({ request, caller }) => {
      const { push, taskId } = await owned(request.taskId, caller);
      await push.delete(taskId, request.id);
      return "{}";
    },
    GetExtendedAgentCard: async ({ caller }) => {
      if (extendedCard === undefined) throw new A2AError("EXTENDED_AGENT_CARD_NOT_CONFIGURED");
      if (caller.principal === undefined) throw new A2AError("UNAUTHENTICATED");
      const card = await extendedCard(caller.principal);
      return JSON.stringify(check("AgentCard", card, { reason: "INVALID_AGENT_RESPONSE" }));
    },
  };
}

/** Someone was not let in: worth telling the operator (spec 13.4), without what they presented. */
const isRefusal = (error: unknown): error is A2AError =>
  error instanceof A2AError && (error.reason === "UNAUTHENTICATED" || error.reason === "PERMISSION_DENIED");

const replyOf =
  <N extends OperationName>(verb: Verb<N, string>): Verb<N, Reply> =>
  (admitted) =>
    verb(admitted).then((json) => ({ json, extensions: admitted.caller.extensions }));

/** Spec 3.3.4. */
function requireCapability(name: OperationName, card: AgentCard): void {
  const row = operations[name];
  if (!("capability" in row) || card.capabilities[row.capability]) return;
  if (row.capability === "pushNotifications") requirePush(card);
  throw new A2AError(
    "UNSUPPORTED_OPERATION",
    `${name} needs the capability ${row.capability}, which this agent's card does not declare`,
    {
      metadata: { operation: name, capability: row.capability },
    },
  );
}

function requirePush(card: AgentCard): void {
  if (!card.capabilities.pushNotifications) throw new A2AError("PUSH_NOTIFICATION_NOT_SUPPORTED");
}

/** Notifications are in the version that whoever asked for them speaks. */
function withItsWebhooks<R extends OperationTypes[OperationName]["request"]>(
  name: OperationName,
  request: R,
  { older: version, taskName }: Call,
): R {
  if (name === "CreateTaskPushNotificationConfig") return { ...request, version, taskName };
  if (!("configuration" in request) || !request.configuration?.taskPushNotificationConfig) return request;
  const { configuration } = request;
  const taskPushNotificationConfig = { ...configuration.taskPushNotificationConfig, version, taskName };
  return { ...request, configuration: { ...configuration, taskPushNotificationConfig } };
}

/** The tenant of the route or of the request; they may not differ. */
function tenantOf(request: { tenant?: string }, call: Call): string | undefined {
  const named = request.tenant || undefined;
  if (call.tenant !== undefined && named !== undefined && call.tenant !== named) {
    throw invalidField("tenant", "not the tenant of the request's path");
  }
  return call.tenant ?? named;
}

/** `Last-Event-ID` is the journal sequence the client has. */
function cursorOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === "") return undefined;
  if (!/^\d{1,15}$/.test(lastEventId))
    throw invalidField("Last-Event-ID", "expected the id of an event of this task");
  return Number(lastEventId);
}
