import { A2AError } from "../protocol/index.js";
import { authenticator, isToken } from "./authenticator.js";
import type { Authenticator, Credentials } from "./contract.js";
import { lookup, type Principals } from "./principals.js";

export interface ApiKeysOptions {
  /** Where the key travels. */
  readonly in: "header" | "query" | "cookie";
  /** The name of the header, query parameter or cookie. */
  readonly name: string;
  /** Name on the card. Default "apiKey". */
  readonly schemeName?: string;
}

/** How a key is read, and which keys can travel there at all. */
const places = {
  header: {
    read: (credentials: Credentials, name: string) => credentials.header(name.toLowerCase())?.trim(),
    usable: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
    named: isToken,
  },
  query: {
    read: (credentials: Credentials, name: string) => credentials.queryParameter(name),
    usable: /^.+$/s,
    named: (name: string) => name !== "",
  },
  cookie: {
    read: (credentials: Credentials, name: string) => cookie(credentials.header("cookie"), name),
    usable: /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/,
    named: isToken,
  },
} as const;

/**
 * Authenticates an API key in a header, query parameter or cookie.
 * @param principals Key to principal (or its id), or a function that looks a key up.
 * @throws TypeError when the name, or a key in the table, could never be sent.
 * @example apiKeys({ [process.env.CI_KEY]: "ci" }, { in: "header", name: "X-API-Key" })
 */
export function apiKeys(principals: Principals, options: ApiKeysOptions): Authenticator {
  const { name } = options;
  const place = places[options.in];
  if (!place.named(name)) throw new TypeError(`Not a name for a ${options.in}: ${JSON.stringify(name)}`);
  const principalOf = lookup(principals, (key) => place.usable.test(key));
  return authenticator({
    schemes: { [options.schemeName ?? "apiKey"]: { apiKeySecurityScheme: { location: options.in, name } } },
    authenticate(credentials) {
      const key = place.read(credentials, name);
      if (key === undefined) return undefined;
      const principal = place.usable.test(key) ? principalOf(key) : undefined;
      return principal instanceof Promise ? principal.then(known) : known(principal);
    },
  });
}

function known<T>(principal: T | undefined): T {
  if (principal === undefined) throw new A2AError("UNAUTHENTICATED", "The API key is not valid");
  return principal;
}

/** The value of the first cookie with that name (RFC 6265 section 4.2.1). */
function cookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at !== -1 && pair.slice(0, at).trim() === name) {
      return pair
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1");
    }
  }
  return undefined;
}
