/**
 * One agent, put together: store, engine, push notifications, dispatch and both HTTP bindings behind a
 * single handler. Hosts (`hosts/`) bring it onto a socket; nothing here knows which.
 */
import type { Agent } from "./agent/index.js";
import type { Authenticator, Principal } from "./auth/index.js";
import { createHttpHandler, type HttpHandlerOptions } from "./bindings/handler.js";
import type { HttpHandler, HttpRequest, HttpResponse } from "./bindings/http.js";
import type { Version } from "./bindings/version.js";
import { buildCard } from "./card/index.js";
import { createDispatcher, type Dispatcher, type Idempotency, type Interceptor } from "./dispatch/index.js";
import {
  type AdmissionLimits,
  type ClusterSettings,
  Engine,
  type EngineOptions,
  type RetentionSettings,
  Sweep,
  within,
} from "./engine/index.js";
import { type Bus, type Log, type MaybePromise, type Store, silent } from "./ports/index.js";
import { type AgentCard, protocolVersion, type Task } from "./protocol/index.js";
import { type Post, Push, type WebhookOptions, type WordingOf } from "./push/index.js";
import { memory } from "./stores/memory/index.js";
import { jwksPath } from "./webhooks/jwks.js";

export interface ServerOptions extends Pick<HttpHandlerOptions, "basePath" | "cors" | "maxAge"> {
  /** Where tasks live; in memory unless told. */
  readonly store?: Store;
  /** The URL clients reach this agent at, base path included, for its card. Hosts that listen fill it in. */
  readonly publicUrl?: string;
  /** Who may call. Without it everybody may, and everybody shares all tasks. */
  readonly authenticator?: Authenticator;
  /** The card that only authenticated callers get (spec 3.1.11). */
  readonly extendedCard?: AgentCard | ((principal: Principal) => MaybePromise<AgentCard>);
  readonly limits?: Limits;
  /** When tasks that have ended are folded and removed; never unless told. */
  readonly retention?: RetentionSettings;
  /**
   * With "messageId", a message that its sender sends again is not taken again: the answer is that of the first time.
   * The card says so. Sends that name an `Idempotency-Key` are always treated so.
   */
  readonly idempotency?: Idempotency;
  /** How nodes that share the store tell each other of news; the store's own bus unless told. */
  readonly bus?: Bus;
  readonly cluster?: Pick<ClusterSettings, "leaseMillis" | "checkMillis">;
  /** Other versions to speak besides 1.0, such as `v0_3` of `@parley/a2a/compat`. */
  readonly versions?: readonly Version[];
  /** Run around every operation, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** What operators should know; to nobody unless told, and with `serve` to standard error. */
  readonly log?: Log;
  /** Sends webhooks; without it the agent offers no push notifications. */
  readonly post?: Post;
  /** How webhooks are sent: the schedule of attempts, signatures, encryption at rest. */
  readonly webhooks?: WebhookOptions;
}

export interface Limits extends AdmissionLimits {
  /** Largest request body in bytes; 10 MB unless told. */
  readonly bodyBytes?: number;
  /** Largest task with all its messages and artifacts, in characters of its JSON; 300 Mi unless told. What passes it fails. */
  readonly taskSize?: number;
  /** How long idempotency keys are kept, in milliseconds; 24 hours unless told. */
  readonly idempotencyMillis?: number;
  /** Push notification configurations per task; 10 unless told. */
  readonly pushConfigsPerTask?: number;
  /** How long a stream's reader may stop reading before it is disconnected, in milliseconds; 10 s unless told. */
  readonly slowReaderMillis?: number;
  /** How many characters a task may produce meanwhile; 8 Mi unless told. */
  readonly slowReaderWeight?: number;
}

export interface A2AServer {
  readonly handle: HttpHandler;
  /** The operations themselves, for bindings that do not travel over HTTP/1: they open the server first. */
  readonly dispatcher: Dispatcher;
  /** The public card. */
  readonly card: AgentCard;
  /** The older versions that are spoken as well. */
  readonly versions: readonly Version[];
  /**
   * Says at which origin the server is reached, once a host knows; ignored when `publicUrl` was given.
   * @param grpc The address of its gRPC port, for the card.
   */
  reachableAt(url: string, grpc?: string): void;
  /**
   * Opens the store and ends what a stopped process left running. The first request does it if nobody did.
   * @throws Error when the store cannot be opened
   */
  open(): Promise<void>;
  /** Is no longer ready, as `/readyz` says from now on; everything goes on. */
  retire(): void;
  /**
   * Before `close`: is no longer ready, takes no more messages, and lets the tasks under way end. Everything else is
   * still answered; readers of streams are sent to other nodes if there are any.
   * @param deadlineMs When to stop waiting for tasks, in milliseconds; 30 s unless told.
   */
  drain(deadlineMs?: number): Promise<void>;
  /**
   * Stops runs and streams, flushes what is pending, closes the store.
   * @param deadlineMs When to give up on a store or a receiver that does not answer; 15 s unless told.
   */
  close(deadlineMs?: number): Promise<void>;
}

/** @throws A2AError INVALID_PARAMS when the card is not valid; TypeError when options contradict each other */
export function createServer(agent: Agent, options: ServerOptions = {}): A2AServer {
  const { authenticator, limits = {}, log = silent, post, store = memory(), versions = [] } = options;
  if (options.extendedCard && !authenticator) throw new TypeError("extendedCard needs an authenticator");
  if (agent.card.securityRequirements?.length && !authenticator)
    log.warn("The card asks for credentials, but nothing here checks them: there is no authenticator");

  const wantsPush = post !== undefined && agent.card.capabilities?.pushNotifications !== false;
  const push = wantsPush
    ? new Push({
        ...options.webhooks,
        store,
        post,
        log,
        maxPerTask: limits.pushConfigsPerTask,
        wordingOf: wordingOf(versions, store.journal),
      })
    : undefined;
  const { nodes } = store;
  const bus = options.bus ?? store.bus ?? noBus;
  const engine = new Engine({
    agent,
    journal: store.journal,
    log,
    push,
    slowReaderMillis: limits.slowReaderMillis,
    slowReaderWeight: limits.slowReaderWeight,
    taskSize: limits.taskSize,
    admission: admissionOf(limits),
    idempotency: store.idempotency,
    idempotencyMillis: limits.idempotencyMillis,
    cluster: nodes && { nodes, bus, ...options.cluster },
  });
  const sweep = new Sweep(store.retention, options.retention ?? {}, log);

  const cardAt = (url: string, grpc?: string) =>
    buildCard(agent.card, {
      url: url.replace(/\/+$/, ""),
      grpc,
      pushNotifications: push !== undefined,
      extendedAgentCard: options.extendedCard !== undefined,
      idempotent: options.idempotency !== undefined,
      authenticator,
      versions,
    });
  let card = cardAt(options.publicUrl ?? "http://localhost");

  const { extendedCard } = options;
  const dispatcher = createDispatcher({
    engine,
    push,
    authenticator,
    card: () => card,
    versions: [protocolVersion, ...versions.flatMap(({ names }) => names)],
    interceptors: options.interceptors,
    idempotency: options.idempotency,
    extendedCard: typeof extendedCard === "object" ? () => extendedCard : extendedCard,
  });
  let opening: Promise<void> | undefined;
  let open = false;
  let closed = false;
  let draining = false;
  const handler = createHttpHandler({
    dispatcher,
    card: () => card,
    versions,
    ready: async () => {
      if (!open || draining) throw new Error(draining ? "shutting down" : "not open");
      await store.ping();
      if (nodes) await bus.ping();
    },
    basePath: options.basePath,
    cors: options.cors,
    bodyBytes: limits.bodyBytes,
    maxAge: options.maxAge,
    documents: push?.jwks && { [jwksPath]: push.jwks },
    log,
  });

  const openOnce = () => {
    opening ??= openAll();
    return opening;
  };
  async function openAll(): Promise<void> {
    await store.open();
    await push?.open();
    await engine.open();
    sweep.open();
    open = true;
  }

  /** Nobody opened the server: its first request does. When that fails, the answer says so and the next one tries again. */
  async function openFor(request: HttpRequest): Promise<HttpResponse> {
    try {
      await openOnce();
    } catch (error) {
      opening = undefined;
      log.error("The server could not be opened", { error });
    }
    return handler(request);
  }

  return {
    handle: (request) => (open || closed ? handler(request) : openFor(request)),
    dispatcher,
    versions,
    get card() {
      return card;
    },
    reachableAt(url, grpc) {
      card = cardAt(options.publicUrl ?? url + (options.basePath ?? ""), grpc);
    },
    open: openOnce,
    retire() {
      draining = true;
    },
    async drain(deadlineMs = 30_000) {
      draining = true;
      log.info("Shutting down: no more messages are taken", { deadlineMs });
      await engine.drain(deadlineMs);
    },
    async close(deadlineMs = 15_000) {
      const end = performance.now() + deadlineMs;
      const left = () => end - performance.now();
      closed = true;
      // What is being opened is opened first: it could not be closed half-way.
      if (opening) await within(left(), opening);
      open = false;
      // Each leaves time for what comes after it.
      const swept = sweep.close();
      await engine.close(left() / 2);
      await push?.close(Math.min(5000, left() / 2));
      await within(left() / 2, swept);
      const closing = Promise.resolve(store.close());
      if (!(await within(left(), closing))) log.error("The store did not close in time");
      else await closing;
    },
  };
}

/** Undefined where nothing limits the work: then nobody counts it. */
function admissionOf({ runningTasks, queuedTasks, tasksPerPrincipal }: Limits): EngineOptions["admission"] {
  if (queuedTasks !== undefined && runningTasks === undefined)
    throw new TypeError("limits.queuedTasks needs limits.runningTasks");
  if (runningTasks === undefined && tasksPerPrincipal === undefined) return undefined;
  return { runningTasks, queuedTasks, tasksPerPrincipal };
}

/** Nodes that cannot tell each other anything find news in the store, a little later. */
const noBus: Bus = { open() {}, tell() {}, follow() {}, unfollow() {}, ping() {}, close() {} };

/** Notifications of other versions are events as they have them, or say how the task stands, which the journal knows. */
function wordingOf(versions: readonly Version[], journal: Store["journal"]): WordingOf {
  return ({ version = "", taskId, taskName }) => {
    const { event, notification } = versions.find(({ names }) => names.includes(version)) ?? {};
    if (event) return { event };
    if (notification === undefined) return undefined;
    return {
      async standing() {
        const snapshot = await journal.load(taskId);
        return snapshot && JSON.stringify(notification(JSON.parse(snapshot.json) as Task, taskName));
      },
    };
  };
}
