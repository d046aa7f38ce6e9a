/** HTTP caching of agent cards: the part of RFC 9111 that a private cache of small documents needs (spec 8.6). */
import type { MaybePromise } from "../ports/index.js";
import type { AgentCard } from "../protocol/index.js";

/** A fetched card and what its response said about keeping it. */
export interface CachedCard {
  readonly card: AgentCard;
  /** Milliseconds since 1970 until which it is used without asking. */
  readonly freshUntil: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Where cards are kept; applications may bring their own (a file, a KV store). */
export interface CardCache {
  /** @param key The card's URL and the header fields it was asked with, in one string. */
  get(key: string): MaybePromise<CachedCard | undefined>;
  set(key: string, card: CachedCard): MaybePromise<void>;
}

/** Keeps up to `size` cards in memory; the one unused for longest goes first. */
export function memoryCardCache(size = 256): CardCache {
  const cards = new Map<string, CachedCard>();
  return {
    get(key) {
      const cached = cards.get(key);
      if (cached === undefined) return undefined;
      cards.delete(key);
      cards.set(key, cached);
      return cached;
    },
    set(key, card) {
      cards.delete(key);
      cards.set(key, card);
      for (const oldest of cards.keys()) {
        if (cards.size <= size) break;
        cards.delete(oldest);
      }
    },
  };
}

/** Shared by all clients of the process that bring no cache of their own. */
export const sharedCardCache: CardCache = memoryCardCache();

/** What a response says about keeping its card; `undefined` when it must not be kept. */
export function cachingOf(headers: Headers, now: number): Omit<CachedCard, "card"> | undefined {
  const directives = parseDirectives(headers.get("cache-control") ?? "");
  if (directives.has("no-store")) return undefined;
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    freshUntil: directives.has("no-cache") ? now : now + freshMillis(headers, directives, now),
    ...(etag && { etag }),
    ...(lastModified && { lastModified }),
  };
}

/** Without an explicit lifetime a card is asked for again every time, though conditionally. */
function freshMillis(headers: Headers, directives: ReadonlyMap<string, string>, now: number): number {
  const age = seconds(headers.get("age")) ?? 0;
  const maxAge = seconds(directives.get("max-age"));
  if (maxAge !== undefined) return Math.max(0, maxAge - age) * 1000;
  const expires = Date.parse(headers.get("expires") ?? "");
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(expires) ? 0 : Math.max(0, expires - (Number.isNaN(date) ? now : date));
}

function parseDirectives(value: string): Map<string, string> {
  const directives = value.split(",").map((directive) => directive.trim().toLowerCase().split("="));
  return new Map(directives.map(([name = "", argument = ""]) => [name, argument.replaceAll('"', "")]));
}

function seconds(value: string | null | undefined): number | undefined {
  return value && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
