/** Everything an agent serves over HTTP, on one port. */
import { type CardOptions, cardHandler, cardPaths, documentHandler } from "../card/well-known.js";
import type { Dispatcher } from "../dispatch/contract.js";
import { type Log, type MaybePromise, silent } from "../ports/index.js";
import { type Cors, isPreflight, preflight, withCors } from "./cors.js";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.js";
import { httpJsonHandler } from "./http-json/server.js";
import { jsonrpcHandler } from "./jsonrpc/server.js";
import { olderBindings } from "./older.js";
import { type BindingOptions, jsonHeaders } from "./response.js";
import { namedVersion, type Version } from "./version.js";

export interface HttpHandlerOptions extends CardOptions {
  readonly dispatcher: Dispatcher;
  /** Throws when the agent cannot take requests right now; behind `/readyz`. Always ready if not told. */
  ready?(): MaybePromise<void>;
  /** Where the agent lives on its host, such as "/agents/csv"; the root if not told. */
  readonly basePath?: string;
  /** Largest request body that is read; 10 MB if not told. */
  readonly bodyBytes?: number;
  /** Origins whose pages may call the agent; none if not told. */
  readonly cors?: Cors;
  /** Further documents that anybody may read, by their path below the base path. */
  readonly documents?: Readonly<Record<string, object>>;
  readonly log?: Log;
}

/**
 * JSON-RPC at the base path, the routes of HTTP+JSON below it, and `/healthz` and `/readyz` beside them.
 * The card is at its well-known paths below the base path and at the root, where the spec has it (8.2).
 */
export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  const { dispatcher, ready, cors, log = silent, bodyBytes = 10_000_000 } = options;
  const base = (options.basePath ?? "").replace(/\/+$/, "");
  const { jsonrpc, httpJson } = bindingsOf(dispatcher, { bodyBytes, log }, options.versions ?? []);
  const card = cardHandler(options);

  const special = new Map<string, HttpHandler>([
    [base === "" ? "/" : base, jsonrpc],
    [`${base}/`, jsonrpc],
    [`${base}/healthz`, () => health()],
    [`${base}/readyz`, () => readiness(ready)],
  ]);
  for (const path of cardPaths) special.set(path, card).set(base + path, card);
  const open = new Set([card]);
  for (const [path, document] of Object.entries(options.documents ?? {})) {
    const handler = documentHandler(document, options.maxAge);
    special.set(base + path, handler);
    open.add(handler);
  }

  const handle = (request: HttpRequest): MaybePromise<HttpResponse> => {
    const { path } = request;
    const found = special.get(path);
    if (found !== undefined) return found(request);
    return httpJson(request, path.startsWith(`${base}/`) ? path.slice(base.length) : "");
  };
  if (cors === undefined) return handle;
  return async (request) => {
    const document = special.get(request.path);
    if (document !== undefined && open.has(document)) return document(request);
    if (isPreflight(request)) return preflight(request, cors);
    return withCors(request, await handle(request), cors);
  };
}

/** The bindings of 1.0, with those of older versions before them: the one that a request names, or all where it names none. */
function bindingsOf(dispatcher: Dispatcher, options: BindingOptions, versions: readonly Version[]) {
  const own = {
    jsonrpc: jsonrpcHandler(dispatcher, options),
    httpJson: httpJsonHandler(dispatcher, options),
  };
  if (versions.length === 0) return own;
  const bindings = versions.map((version) => version.bindings(dispatcher, options));
  const usual = bindings.filter((_, i) => !versions[i]?.onlyAsked);
  const all = usual.length > 0 ? olderBindings(usual, options) : own;
  const named = new Map(
    versions.flatMap(({ names }, i) => {
      const one = olderBindings(bindings.slice(i, i + 1), options);
      return names.map((name) => [name, one] as const);
    }),
  );
  const older = (request: HttpRequest) => {
    const version = namedVersion(request);
    return version === undefined ? all : named.get(version);
  };
  const jsonrpc: HttpHandler = (request) => (older(request)?.jsonrpc ?? own.jsonrpc)(request);
  const httpJson = (request: HttpRequest, path: string) =>
    older(request)?.httpJson(request, path) ?? own.httpJson(request, path);
  return { jsonrpc, httpJson };
}

function health(): HttpResponse {
  return { status: 200, headers: jsonHeaders["application/json"], body: '{"status":"ok"}' };
}

async function readiness(ready: HttpHandlerOptions["ready"]): Promise<HttpResponse> {
  try {
    await ready?.();
    return health();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const body = JSON.stringify({ status: "unavailable", reason });
    return { status: 503, headers: jsonHeaders["application/json"], body };
  }
}
