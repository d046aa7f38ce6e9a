import type { MaybePromise } from "../ports/index.js";
import { A2AError, type SecurityRequirement, type SecurityScheme } from "../protocol/index.js";
import type { Authenticator, Credentials, Principal } from "./contract.js";

export interface AuthenticatorOptions {
  readonly schemes: Readonly<Record<string, SecurityScheme>>;
  /** Default: any one of the schemes suffices, no scopes asked. */
  readonly requirements?: readonly SecurityRequirement[];
  /**
   * The principal, or undefined when the request carries nothing to check.
   * Throws A2AError UNAUTHENTICATED when what it carries is wrong, PERMISSION_DENIED when it is known but refused.
   */
  authenticate(credentials: Credentials): MaybePromise<Principal | undefined>;
}

/** An Authenticator from a function; every UNAUTHENTICATED it ends with carries `WWW-Authenticate` challenges. */
export function authenticator(options: AuthenticatorOptions): Authenticator {
  const { schemes } = options;
  const challenge = challenges(schemes);
  const requirements =
    options.requirements ?? Object.keys(schemes).map((name) => ({ schemes: { [name]: { list: [] } } }));

  function found(principal: Principal | undefined): Principal {
    if (principal === undefined) throw new A2AError("UNAUTHENTICATED", undefined, { challenge });
    return principal;
  }

  function failed(error: unknown): never {
    if (!(error instanceof A2AError) || error.reason !== "UNAUTHENTICATED" || error.challenge) throw error;
    const { violations, metadata, cause } = error;
    throw new A2AError("UNAUTHENTICATED", error.message, { violations, metadata, cause, challenge });
  }

  return {
    schemes,
    requirements,
    authenticate(credentials) {
      let principal: MaybePromise<Principal | undefined>;
      try {
        principal = options.authenticate(credentials);
      } catch (error) {
        failed(error);
      }
      // Static tables answer at once, which spares every request a promise.
      return principal instanceof Promise ? principal.then(found, failed) : found(principal);
    },
  };
}

/** The `WWW-Authenticate` value that names every scheme (RFC 9110 section 11.6.1). */
function challenges(schemes: Readonly<Record<string, SecurityScheme>>): string | undefined {
  const values = Object.values(schemes).map(challengeOf);
  return [...new Set(values.filter((value) => value !== undefined))].join(", ") || undefined;
}

const realm = 'realm="a2a"';

function challengeOf(scheme: SecurityScheme): string | undefined {
  if (scheme.httpAuthSecurityScheme) {
    const name = scheme.httpAuthSecurityScheme.scheme;
    if (!isToken(name)) throw new TypeError("An HTTP authentication scheme needs a registered name");
    return `${name} ${realm}`;
  }
  if (scheme.apiKeySecurityScheme) {
    const { location, name } = scheme.apiKeySecurityScheme;
    return `ApiKey ${realm}, in=${quoted(location)}, name=${quoted(name)}`;
  }
  // OAuth 2.0 and OpenID Connect both hand out bearer tokens; mutual TLS has no challenge in HTTP.
  return scheme.mtlsSecurityScheme ? undefined : `Bearer ${realm}`;
}

/** A `token` of RFC 9110 section 5.6.2: header, cookie and scheme names. */
export function isToken(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new TypeError("A security scheme is described in printable ASCII");
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
