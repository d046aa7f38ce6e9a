/** Serves the agent card with HTTP caching (spec 8.2, 8.6). */

import { isPreflight, preflight, withCors } from "../bindings/cors.js";
import { errorHeaders, statusBody } from "../bindings/error-body.js";
import type { HttpHandler, HttpRequest, HttpResponse } from "../bindings/http.js";
import { methodNotAllowed } from "../bindings/request.js";
import { jsonHeaders, responseType } from "../bindings/response.js";
import { namedVersion, type Version } from "../bindings/version.js";
import type { AgentCard } from "../protocol/index.js";
import { mergeCards } from "./merge.js";

/** The well-known path, and the one that older versions look at. */
export const cardPaths = ["/.well-known/agent-card.json", "/.well-known/agent.json"] as const;

export interface CardOptions {
  /** The card as it is now. A changed card is another object. */
  card(): AgentCard;
  /** Seconds that a reader may keep the card without asking again; 300 if not told. */
  readonly maxAge?: number;
  /** Older versions that are spoken as well. */
  readonly versions?: readonly Version[];
}

interface Served {
  readonly json: string;
  readonly etag: string;
}

/**
 * Answers GET and HEAD with the card, 304 to those who have it. Any origin may read it. `A2A-Version` chooses the form;
 * without it, and with older versions spoken, everybody gets one that all of them can read.
 */
export function cardHandler({ card, maxAge = 300, versions = [] }: CardOptions): HttpHandler {
  const usual = versions.filter(({ onlyAsked }) => !onlyAsked);
  let current: AgentCard | undefined;
  const serialised = new Map<Version | "1.0" | "all", Served>();
  const served = (form: Version | "1.0" | "all"): Served => {
    if (current !== card()) serialised.clear();
    current = card();
    const known = serialised.get(form);
    if (known !== undefined) return known;
    const json = JSON.stringify(inForm(current, form));
    const made = { json, etag: `"${hash(json)}"` };
    serialised.set(form, made);
    return made;
  };
  const inForm = (of: AgentCard, form: Version | "1.0" | "all") => {
    if (form === "1.0") return of;
    return form === "all"
      ? mergeCards(
          of,
          usual.map((version) => version.card(of)),
        )
      : form.card(of);
  };
  const formFor = (request: HttpRequest) => {
    if (versions.length === 0) return "1.0";
    const named = namedVersion(request);
    return named === undefined
      ? usual.length > 0
        ? "all"
        : "1.0"
      : (versions.find(({ names }) => names.includes(named)) ?? "1.0");
  };

  return (request) => {
    if (isPreflight(request)) return preflight(request, "*");
    if (request.method !== "GET" && request.method !== "HEAD") return withCors(request, refusal(), "*");
    const { json, etag } = served(formFor(request));
    const headers = {
      "content-type": responseType(request),
      "cache-control": `public, max-age=${maxAge}, must-revalidate`,
      etag,
      vary: "accept, a2a-version",
      "x-content-type-options": "nosniff",
    };
    const known = matches(request.header("if-none-match"), etag);
    return withCors(request, known ? { status: 304, headers } : { status: 200, headers, body: json }, "*");
  };
}

/** Answers GET and HEAD with a JSON document that never changes. Any origin may read it. */
export function documentHandler(document: object, maxAge = 300): HttpHandler {
  const headers = {
    "content-type": "application/json",
    "cache-control": `public, max-age=${maxAge}`,
    "x-content-type-options": "nosniff",
  };
  const body = JSON.stringify(document);
  return (request) => {
    if (isPreflight(request)) return preflight(request, "*");
    const reads = request.method === "GET" || request.method === "HEAD";
    return withCors(request, reads ? { status: 200, headers, body } : refusal(), "*");
  };
}

function refusal(): HttpResponse {
  const error = methodNotAllowed("GET, HEAD");
  return {
    status: 405,
    headers: { ...jsonHeaders["application/json"], ...errorHeaders(error) },
    body: statusBody(error),
  };
}

/** Weak comparison, as RFC 9110 wants it for If-None-Match. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/** FNV-1a over UTF-16 code units with two primes: 64 bits that tell versions of one card apart. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
