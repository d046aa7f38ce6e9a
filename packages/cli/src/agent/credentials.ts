/** Credentials go where the agent's card declares a scheme that takes them, and nowhere else (12.1, 12.4). */
import { type Auth, apiKey, bearer } from "@parley/a2a/client";
import type { AgentCard, SecurityScheme } from "@parley/a2a/protocol";
import type { Config } from "../config/index.js";
import type { Diagnostics } from "../output/index.js";

const isBearer = (scheme: SecurityScheme): boolean =>
  scheme.httpAuthSecurityScheme?.scheme.toLowerCase() === "bearer" ||
  scheme.oauth2SecurityScheme !== undefined ||
  scheme.openIdConnectSecurityScheme !== undefined;

const isApiKey = (scheme: SecurityScheme): boolean => scheme.apiKeySecurityScheme !== undefined;

/** @returns undefined when there is nothing to send; warns about a credential the card has no place for */
export function authFor(card: AgentCard, config: Config, diagnostics: Diagnostics): Auth | undefined {
  const schemes = Object.values(card.securitySchemes ?? {});
  const sources: Auth[] = [];
  const offer = (
    name: "bearer" | "api-key",
    takes: (scheme: SecurityScheme) => boolean,
    make: (secret: string) => Auth,
  ) => {
    const secret = config.get(name);
    if (secret === undefined) return;
    if (schemes.some(takes)) sources.push(make(secret));
    else diagnostics.warn(`the card of this agent declares no scheme that takes --${name}; it is not sent`);
  };
  offer("bearer", isBearer, bearer);
  offer("api-key", isApiKey, apiKey);
  if (sources.length === 0) return undefined;
  return async (current) => {
    const all = await Promise.all(sources.map((source) => source(current)));
    return {
      headers: Object.assign({}, ...all.map(({ headers }) => headers)),
      query: Object.assign({}, ...all.map(({ query }) => query)),
    };
  };
}

/** How to pass, in the words of this tool: for hints. */
export function wantedCredentials(card: AgentCard): string {
  const schemes = Object.values(card.securitySchemes ?? {});
  const ways: string[] = [];
  if (schemes.some(isBearer)) ways.push("A2ACLI_BEARER=<token> (or --bearer)");
  if (schemes.some(isApiKey)) ways.push("A2ACLI_API_KEY=<key> (or --api-key)");
  if (ways.length > 0) return `Set ${ways.join(" or ")}.`;
  return schemes.length > 0
    ? `The card asks for ${Object.keys(card.securitySchemes ?? {}).join(", ")}, which this tool cannot do.`
    : "The card does not say which credentials the agent wants; ask whoever runs it.";
}
