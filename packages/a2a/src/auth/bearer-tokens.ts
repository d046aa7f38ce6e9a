import { A2AError, type SecurityScheme } from "../protocol/index.js";
import { authenticator } from "./authenticator.js";
import type { Authenticator } from "./contract.js";
import { lookup, type Principals } from "./principals.js";

export interface BearerTokensOptions {
  /** Name on the card. Default "bearer". */
  readonly schemeName?: string;
  /** A hint for clients, such as "JWT". */
  readonly bearerFormat?: string;
}

/** The characters of a bearer token (RFC 6750 section 2.1). */
const token = /^[A-Za-z0-9._~+/-]+=*$/;

/** Far more than any token; what is longer is not looked up. */
const maxLength = 8192;

/**
 * Authenticates `Authorization: Bearer <token>`.
 * @param principals Token to principal (or its id), or a function that looks a token up.
 * @throws TypeError when a token in the table could never be sent.
 * @example bearerTokens({ [process.env.ALICE_TOKEN]: "alice" })
 */
export function bearerTokens(principals: Principals, options: BearerTokensOptions = {}): Authenticator {
  const principalOf = lookup(principals, (secret) => token.test(secret) && secret.length <= maxLength);
  const scheme: SecurityScheme = {
    httpAuthSecurityScheme: {
      scheme: "Bearer",
      ...(options.bearerFormat !== undefined && { bearerFormat: options.bearerFormat }),
    },
  };
  return authenticator({
    schemes: { [options.schemeName ?? "bearer"]: scheme },
    authenticate(credentials) {
      const header = credentials.header("authorization");
      // Other schemes in the same header are another authenticator's business.
      const presented = header === undefined ? null : /^bearer(?: +(.*))?$/i.exec(header.trim());
      if (presented === null) return undefined;
      const value = presented[1] ?? "";
      if (value.length > maxLength || !token.test(value)) throw refused("The bearer token is malformed");
      const principal = principalOf(value);
      return principal instanceof Promise ? principal.then(known) : known(principal);
    },
  });
}

function known<T>(principal: T | undefined): T {
  if (principal === undefined) throw refused("The bearer token is not valid");
  return principal;
}

/** RFC 6750 section 3.1. */
function refused(message: string): A2AError {
  return new A2AError("UNAUTHENTICATED", message, { challenge: 'Bearer realm="a2a", error="invalid_token"' });
}
