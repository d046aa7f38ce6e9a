/** Finding an agent's card (spec 8.2, 8.6). */
import { parseJson, readError } from "../bindings/read-error.js";
import { check } from "../codec/index.js";
import { type AgentCard, protocolVersion } from "../protocol/index.js";
import { type CachedCard, cachingOf, sharedCardCache } from "./card-cache.js";
import { Exchange } from "./exchange.js";
import { mergeHeaders } from "./headers.js";
import { type CallOptions, type ClientOptions, defaults } from "./options.js";
import { displayUrl, TransportError } from "./transport-error.js";

const wellKnown = "/.well-known/agent-card.json";

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
 * UNAUTHENTICATED and others when the agent says so.
 */
export async function fetchCard(
  url: string,
  options: ClientOptions = {},
  { signal, timeoutMs, headers }: CallOptions = {},
): Promise<AgentCard> {
  const cache = options.cardCache ?? sharedCardCache;
  const asked = mergeHeaders(
    { accept: "application/json", "a2a-version": protocolVersion },
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
  const card = readCard(url, exchange.status, exchange.headers, body);
  if (caching) await cache.set(key, { card, ...caching });
  return card;
}

function validators(cached: CachedCard | undefined): Record<string, string> {
  return {
    ...(cached?.etag && { "if-none-match": cached.etag }),
    ...(cached?.lastModified && { "if-modified-since": cached.lastModified }),
  };
}

function readCard(url: string, status: number, headers: Headers, body: string): AgentCard {
  if (status === 404 || status === 410) {
    throw new TransportError("http", `no agent card at ${displayUrl(url)} (HTTP ${status})`);
  }
  if (status !== 200) throw readError(undefined, { status, headers, body });
  return check("AgentCard", parseJson(body), { mode: "lenient" });
}
