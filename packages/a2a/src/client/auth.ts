/** Credentials for the schemes that need nothing but a secret (spec 4.5, 7.3). */
import { A2AError, type AgentCard, type APIKeySecurityScheme } from "../protocol/index.js";
import type { Auth } from "./options.js";

/** `Authorization: Bearer <token>`. A function is asked before every request, so that tokens can be renewed. */
export function bearer(token: string | (() => string | Promise<string>)): Auth {
  return async () => {
    const value = typeof token === "string" ? token : await token();
    return { headers: { authorization: `Bearer ${value}` } };
  };
}

/**
 * An API key, put where the agent's card wants it: a header field, a query parameter or a cookie.
 *
 * @param name Of the security scheme; the first API key scheme of the card if not told.
 */
export function apiKey(key: string, name?: string): Auth {
  return (card) => {
    const scheme = apiKeyScheme(card, name);
    if (scheme.location === "query") return { query: { [scheme.name]: key } };
    if (scheme.location === "cookie")
      return { headers: { cookie: `${scheme.name}=${encodeURIComponent(key)}` } };
    return { headers: { [scheme.name]: key } };
  };
}

function apiKeyScheme({ securitySchemes = {} }: AgentCard, name: string | undefined): APIKeySecurityScheme {
  const candidates = name === undefined ? Object.values(securitySchemes) : [securitySchemes[name]];
  const scheme = candidates.find((each) => each?.apiKeySecurityScheme)?.apiKeySecurityScheme;
  if (scheme) return scheme;
  throw new A2AError(
    "UNAUTHENTICATED",
    `The agent's card declares no API key${name ? ` scheme "${name}"` : ""}`,
  );
}
