import http from "node:http";
import type { Post } from "../push/post.js";
import { OutgoingError } from "./errors.js";
import {
  type ExchangeOptions,
  exchange,
  type OutgoingResponse,
  type Stop,
  type Transport,
  tooLarge,
} from "./exchange.js";
import { createGuard, type GuardOptions } from "./guard.js";
import { proxyUrl, throughProxy } from "./proxy.js";

export interface OutgoingOptions extends GuardOptions {
  /** The longest answer taken, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
  /** How long to wait for an answer to begin, and then for each piece of it. Default 30 s. */
  readonly timeoutMs?: number;
  /** How long a GET may take altogether. Default 10 minutes. */
  readonly totalMs?: number;
  /**
   * The http URL of a proxy that all requests go through, with its credentials if it wants any. It resolves the names,
   * so it has to guard which; addresses in URLs are still checked here. Default none.
   */
  readonly proxy?: string;
  /** Default 8; more requests to the same host and port wait. */
  readonly maxConnectionsPerHost?: number;
}

export interface GetOptions {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** The media types wanted. Default any. */
  readonly accept?: string;
  /** Instead of the client's own limit. */
  readonly maxBytes?: number;
  /** Instead of the client's own limit. */
  readonly totalMs?: number;
}

export interface Outgoing {
  /**
   * The answer, whatever its status, except for redirects: they are never followed.
   * @throws OutgoingError, or the signal's reason
   * @example for await (const bytes of (await outgoing.get(url)).body) size += bytes.length;
   */
  get(url: string, options?: GetOptions): Promise<OutgoingResponse>;
  /** For webhooks, over https unless the host is one that was allowed; `post.objection` says in advance what shows without resolving the name. @throws OutgoingError */
  readonly post: Post;
  /** Ends all requests and connections, those under way too. */
  close(): void;
}

/** Answers to a POST are acknowledgements; what they say is not read beyond this. */
const maxAcknowledgement = 64 * 1024;

/** @throws TypeError for an `allow` entry that is neither host name, address nor CIDR range, or a proxy that is no http URL. */
export function createOutgoing(options: OutgoingOptions = {}): Outgoing {
  const { maxBytes = 64 * 1024 * 1024, timeoutMs = 30_000, totalMs = 600_000 } = options;
  const guard = createGuard(options);
  const connections = {
    lookup: guard.lookup,
    keepAlive: true,
    maxSockets: options.maxConnectionsPerHost ?? 8,
    // Node's 250 ms give up on slow but working addresses when a name has several.
    autoSelectFamilyAttemptTimeout: 2000,
  };
  const proxy = options.proxy === undefined ? undefined : proxyUrl(options.proxy);
  const proxied = <T extends http.Agent>(agent: T, secure: boolean): T =>
    proxy ? throughProxy(agent, proxy, secure) : agent;
  const plain: Transport = { request: http.request, agent: proxied(new http.Agent(connections), false) };
  let secure: Promise<Transport> | undefined;
  const underWay = new Set<Stop>();
  let closed = false;

  /** TLS takes long to load: that is left to the first request that needs it. */
  function transportTo({ protocol }: URL): Transport | Promise<Transport> {
    if (protocol !== "https:") return plain;
    secure ??= import("node:https").then(({ Agent, request }) => ({
      request,
      agent: proxied(new Agent(connections), true),
    }));
    return secure;
  }

  async function send(
    text: string,
    request: Omit<ExchangeOptions, "transport" | "underWay">,
  ): Promise<OutgoingResponse> {
    const url = guard.admit(text);
    const transport = await transportTo(url);
    if (closed) throw shut();
    const headers = { "user-agent": "parley", "accept-encoding": "identity", ...request.headers };
    const response = await exchange(url, { ...request, headers, transport, underWay });
    const { status } = response;
    if (status >= 300 && status < 400 && status !== 304) {
      refuse(response, new OutgoingError("REDIRECT", `${url.host} answered with a redirect (${status})`));
    }
    return response;
  }

  function assertSecure(text: string): void {
    const url = guard.admit(text);
    if (url.protocol === "https:" || guard.trusts(url)) return;
    throw new OutgoingError("URL_NOT_ALLOWED", "Webhooks are sent over https only");
  }

  async function post(url: string, { headers, body, timeoutMs }: Parameters<Post>[1]) {
    assertSecure(url);
    const limits = { maxBytes: maxAcknowledgement, timeoutMs, totalMs: timeoutMs };
    const response = await send(url, { method: "POST", headers, body, ...limits });
    // Read to its end so that the connection can be used again; nobody waits for that.
    drain(response.body).catch(() => {});
    return { status: response.status, retryAfter: response.headers["retry-after"] };
  }

  function objection(url: string): string | undefined {
    try {
      assertSecure(url);
      return undefined;
    } catch (error) {
      if (error instanceof OutgoingError) return error.message;
      throw error;
    }
  }

  return {
    async get(url, { signal, headers, accept = "*/*", ...limits } = {}) {
      const limit = limits.maxBytes ?? maxBytes;
      const response = await send(url, {
        method: "GET",
        headers: { accept, ...headers },
        maxBytes: limit,
        timeoutMs,
        totalMs: limits.totalMs ?? totalMs,
        ...(signal && { signal }),
      });
      const { host } = new URL(url);
      const encoding = response.headers["content-encoding"] ?? "identity";
      if (encoding.trim().toLowerCase() !== "identity") {
        refuse(
          response,
          new OutgoingError("PROTOCOL", `${host} sent encoded content that was not asked for`),
        );
      }
      if (Number(response.headers["content-length"] ?? 0) > limit) refuse(response, tooLarge(host, limit));
      return response;
    },
    post: Object.assign(post, { objection }),
    close() {
      closed = true;
      for (const stop of underWay) stop(shut());
      plain.agent.destroy();
      secure?.then(({ agent }) => agent.destroy());
    },
  };
}

function shut(): OutgoingError {
  return new OutgoingError("CONNECT", "The client for outgoing requests is closed");
}

function refuse(response: OutgoingResponse, error: OutgoingError): never {
  response.discard();
  throw error;
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  while (!(await pieces.next()).done);
}
