/** What a caller may say about a client, and about one call. */
import type { ClientBindingName, WireRequest } from "../bindings/client.js";
import type { SseEvent } from "../bindings/sse-reader.js";
import type { MaybePromise } from "../ports/index.js";
import type { AgentCard, SendMessageConfiguration, Struct } from "../protocol/index.js";
import type { CardCache } from "./card-cache.js";
import type { TransportProvider } from "./transport.js";
import type { ClientVersion } from "./version.js";

/** What proves who is calling: header fields, and query parameters for API keys that travel there. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** Asked before every request, so tokens may be renewed. The card says which schemes the agent takes. */
export type Auth = (card: AgentCard) => MaybePromise<Credentials>;

/** The head of an answer, and its body unless it is a stream. */
export interface WireResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body?: string;
}

export interface ClientOptions {
  /** Bindings in order of preference; one the card lacks is passed over. Without it, the card's order decides. */
  readonly bindings?: readonly ClientBindingName[];
  /** Ways to travel besides HTTP: `grpc()` of `@parley/a2a/grpc`. */
  readonly transports?: readonly TransportProvider[];
  /**
   * Versions to speak besides 1.0, of `@parley/a2a/compat`: older ones such as `v0_3` where an agent has no 1.0, the
   * newest first; `draft1_1` where it has that.
   */
  readonly versions?: readonly ClientVersion[];
  /** Credentials of every operation; `bearer` and `apiKey` make them. Not sent when fetching the card. */
  readonly auth?: Auth;
  /** Header fields of every request, also of the one that fetches the card. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URIs of extensions to ask for in every call (spec 4.6). */
  readonly extensions?: readonly string[];
  /** Milliseconds until a unary call must be answered, or a stream must begin. Default 30,000. */
  readonly timeoutMs?: number;
  /** The same for a SendMessage that waits for its task to end or pause, and for a GetTask that waits for a change. Default 300,000. */
  readonly sendTimeoutMs?: number;
  /** Milliseconds without a byte after which a stream counts as cut, and is resumed. Default 300,000. */
  readonly idleMs?: number;
  /**
   * How often a safe operation is repeated when the agent cannot be reached. Default 2. Safe is what changes nothing on
   * the server, and a message that it takes once: one with an `Idempotency-Key`, or to an agent whose card says so.
   */
  readonly retries?: number;
  /** How often in a row a cut stream is resumed without progress before it fails. Default 8. */
  readonly resumes?: number;
  /** Characters one event of a stream may have. Default 16 Mi. */
  readonly maxEventLength?: number;
  /** Bytes an answer that is no stream may have. Default 64 MiB. */
  readonly maxResponseBytes?: number;
  /** Where fetched cards are kept. Default: one cache for the whole process. */
  readonly cardCache?: CardCache;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Sees every request as it leaves, credentials included. */
  readonly onRequest?: (request: WireRequest) => void;
  /** Sees every answer. */
  readonly onResponse?: (response: WireResponse) => void;
  /** Sees every event of every stream as it came, duplicates included. */
  readonly onEvent?: (event: SseEvent) => void;
}

/** What may be said about any call. */
export interface CallOptions {
  /** Aborts the call, also in the middle of a stream. The call then fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Replaces the client's `timeoutMs` and `sendTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Header fields of this call; they win over the client's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URIs of extensions to ask for, besides the client's. */
  readonly extensions?: readonly string[];
}

/** What may be said when sending a message given as text or parts. A whole Message or SendMessageRequest wins over it. */
export interface SendOptions extends CallOptions {
  /** Continues this task. */
  readonly taskId?: string;
  /** Continues this context, with a new task. */
  readonly contextId?: string;
  readonly configuration?: SendMessageConfiguration;
  /** Metadata of the request. */
  readonly metadata?: Struct;
}

export interface SubscribeOptions extends CallOptions {
  /** `lastEventId` of an earlier stream of the task: only events after it come, without a snapshot where the agent can. */
  readonly lastEventId?: string;
}

/** What holds where a caller says nothing. */
export const defaults = {
  timeoutMs: 30_000,
  sendTimeoutMs: 300_000,
  idleMs: 300_000,
  retries: 2,
  resumes: 8,
  maxEventLength: 16 * 1024 * 1024,
  maxResponseBytes: 64 * 1024 * 1024,
} as const satisfies ClientOptions;
