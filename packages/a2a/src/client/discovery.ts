/** Finding an agent's card (spec 8.2, 8.6). */
import { asObject, parseJson, readError } from "../bindings/read-error.js";
import { check } from "../codec/index.js";
import { A2AError, type AgentCard, protocolVersion } from "../protocol/index.js";
import { type CachedCard, cachingOf, sharedCardCache } from "./card-cache.js";
import { Exchange } from "./exchange.js";
import { mergeHeaders } from "./headers.js";
import { type CallOptions, type ClientOptions, defaults } from "./options.js";
import { displayUrl, TransportError } from "./transport-error.js";
import type { ClientVersion } from "./version.js";

const wellKnown = "/.well-known/agent-card.json";

/** Where versions before 0.3 have it. */
const olderWellKnown = "/.well-known/agent.json";

/**
 * Where the card of an agent is: a bare host or an origin gets the well-known path, any other URL is the card's own.
 * Hosts without a scheme are reached over HTTPS, unless they are this machine.
 *
 * @throws TypeError when it is no URL
 */
export function cardUrl(agent: string | URL): string {
  const given = String(agent).trim();
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|$)/i.test(given);
  const url = new URL(
    /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${local ? "http" : "https"}://${given}`,
  );
  if (url.pathname === "/" && url.search === "") url.pathname = wellKnown;
  url.hash = "";
  return url.href;
}

/**
 * The card at a URL, from the cache as long as that is fresh, and asked for conditionally after that.
 *
 * @throws TransportError (kind `http` when there is no card); A2AError INVALID_AGENT_RESPONSE when it is no card,
 * VERSION_NOT_SUPPORTED when it is one of an older version, UNAUTHENTICATED and others when the agent says so.
 */
export async function fetchCard(
  url: string,
  options: ClientOptions = {},
  { signal, timeoutMs, headers }: CallOptions = {},
): Promise<AgentCard> {
  const cache = options.cardCache ?? sharedCardCache;
  const newest = options.versions?.find(({ newer }) => newer);
  const asked = mergeHeaders(
    { accept: "application/json", "a2a-version": newest?.names[0] ?? protocolVersion },
    options.headers,
    headers,
  );
  const key = JSON.stringify([url, Object.entries(asked).sort()]);
  const cached = await cache.get(key);
  if (cached && cached.freshUntil > Date.now()) return cached.card;

  const request = { method: "GET", url, headers: { ...asked, ...validators(cached) } };
  options.onRequest?.(request);
  const send = options.fetch ?? fetch;
  const exchange = await Exchange.open(
    request,
    send,
    timeoutMs ?? options.timeoutMs ?? defaults.timeoutMs,
    signal,
  );
  const body = await exchange.text(options.maxResponseBytes ?? defaults.maxResponseBytes);
  options.onResponse?.({ url, status: exchange.status, headers: exchange.headers, body });

  const caching = cachingOf(exchange.headers, Date.now());
  if (exchange.status === 304 && cached) {
    await cache.set(key, { ...cached, ...caching });
    return cached.card;
  }
  const card = readCard(url, exchange.status, exchange.headers, body, options.versions);
  if (caching) await cache.set(key, { card, ...caching });
  return card;
}

/**
 * The card of an agent that is named as in `cardUrl`. Where older versions are spoken, it may be where they had it.
 * @throws as `fetchCard` does
 */
export async function findCard(
  agent: string | URL,
  options: ClientOptions = {},
  call?: CallOptions,
): Promise<AgentCard> {
  const url = cardUrl(agent);
  try {
    return await fetchCard(url, options, call);
  } catch (error) {
    const absent = error instanceof TransportError && error.kind === "http";
    if (!absent || !options.versions?.length || !url.endsWith(wellKnown)) throw error;
    const older = url.slice(0, -wellKnown.length) + olderWellKnown;
    // Its absence there is what is worth telling.
    return fetchCard(older, options, call).catch(() => Promise.reject(error));
  }
}

function validators(cached: CachedCard | undefined): Record<string, string> {
  return {
    ...(cached?.etag && { "if-none-match": cached.etag }),
    ...(cached?.lastModified && { "if-modified-since": cached.lastModified }),
  };
}

function readCard(
  url: string,
  status: number,
  headers: Headers,
  body: string,
  versions: readonly ClientVersion[] = [],
): AgentCard {
  if (status === 404 || status === 410) {
    throw new TransportError("http", `no agent card at ${displayUrl(url)} (HTTP ${status})`);
  }
  if (status !== 200) throw readError(undefined, { status, headers, body });
  const card = parseJson(body);
  // The oldest first: it tells its own from those of the next, and not the other way round.
  for (const version of versions.toReversed()) {
    const translated = version.readCard(card);
    if (translated !== undefined) return check("AgentCard", translated, { mode: "lenient" });
  }
  const { supportedInterfaces, protocolVersion: older } = asObject(card);
  if (supportedInterfaces === undefined && typeof older === "string") {
    throw new A2AError(
      "VERSION_NOT_SUPPORTED",
      `The agent card at ${displayUrl(url)} is one of A2A ${older}, which is not among this client's versions`,
    );
  }
  return check("AgentCard", card, { mode: "lenient" });
}
