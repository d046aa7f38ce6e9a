/**
 * What another version of A2A, nearly always an older one, is to a server: a translator at the edge. It reads requests
 * as its clients write them, calls the same dispatcher with messages of 1.0, and writes the answers back. `compat/` has those there are;
 * an application hands them to `createServer`, and nothing else imports them.
 */
import type { Dispatcher } from "../dispatch/contract.js";
import type { MaybePromise } from "../ports/index.js";
import {
  type A2AError,
  type AgentCard,
  type AgentInterface,
  askedVersion,
  type Task,
} from "../protocol/index.js";
import type { OlderGrpcServer } from "./grpc/wire.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import type { JsonrpcMethods } from "./jsonrpc/server.js";
import { HttpCall } from "./request.js";
import type { BindingOptions } from "./response.js";

export interface Version {
  /** The values of `A2A-Version` (Major.Minor) that it answers, its own first. */
  readonly names: readonly [string, ...string[]];
  /**
   * Only those who ask for it are shown anything of it: requests that name no version are never taken for it, and the
   * card of others does not name its interfaces.
   */
  readonly onlyAsked?: true;
  bindings(dispatcher: Dispatcher, options: BindingOptions): VersionBindings;
  /** Its service, where it is spoken over gRPC: one of its own, or that of 1.0 for calls that ask for it. */
  readonly grpc?: OlderGrpcServer;
  /**
   * The interfaces it adds to the card of a server that is reached at `url`, which has no trailing slash.
   * @param grpc The address of the gRPC port, if there is one.
   */
  interfaces(url: string, grpc?: string): AgentInterface[];
  /** The card as its clients read it. */
  card(card: AgentCard): object;
  /**
   * The body of a webhook for its clients, where that says how the task stands.
   * @param name What the client calls it, where clients choose.
   */
  readonly notification?: (task: Task, name?: string) => object;
  /** The body of a webhook for its clients, where that is an event: from that of 1.0, as JSON, and its number. */
  readonly event?: (json: string, seq: number) => string;
}

export interface VersionBindings {
  /** What it has at the URL of JSON-RPC. */
  readonly methods: JsonrpcMethods;
  /** `data` of its errors, where it is not that of 1.0. */
  errorData?(error: A2AError): object;
  /** Brings an answer of JSON-RPC into the form its clients expect. */
  finish?(request: HttpRequest, response: HttpResponse): HttpResponse;
  /** Below the base path; undefined for paths that are none of its routes. */
  httpJson(request: HttpRequest, path: string): MaybePromise<HttpResponse> | undefined;
}

/** The version that a request names (Major.Minor, or what it takes for one); undefined when it names none. */
export function namedVersion(request: HttpRequest): string | undefined {
  const sent = new HttpCall("HTTP+JSON", request, undefined).version?.trim();
  return sent ? (askedVersion(sent) ?? sent) : undefined;
}
