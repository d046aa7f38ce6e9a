import type { MaybePromise } from "../ports/index.js";
import { A2AError, errors, type SecurityScheme } from "../protocol/index.js";
import type { Authenticator, Credentials, Principal } from "./contract.js";

/**
 * The first of several authenticators that knows the caller. On the card: all schemes, the requirements as alternatives.
 * When none does, PERMISSION_DENIED of one of them wins over UNAUTHENTICATED, which then carries every challenge.
 * @throws TypeError when two use one scheme name for different schemes.
 */
export function anyOf(...authenticators: readonly [Authenticator, ...Authenticator[]]): Authenticator {
  /** @param refusals What those before `index` said. */
  function attempt(credentials: Credentials, index: number, refusals: A2AError[]): MaybePromise<Principal> {
    const authenticator = authenticators[index];
    if (authenticator === undefined) throw verdict(refusals);
    const next = (error: unknown) => attempt(credentials, index + 1, [...refusals, refusal(error)]);
    let principal: MaybePromise<Principal>;
    try {
      principal = authenticator.authenticate(credentials);
    } catch (error) {
      return next(error);
    }
    return principal instanceof Promise ? principal.catch(next) : principal;
  }

  return {
    schemes: merged(authenticators),
    requirements: authenticators.flatMap((one) => one.requirements),
    authenticate: (credentials) => attempt(credentials, 0, []),
  };
}

/** Anything else, such as a lookup that failed, says nothing about the caller and is passed on. */
function refusal(error: unknown): A2AError {
  const refused =
    error instanceof A2AError && ["UNAUTHENTICATED", "PERMISSION_DENIED"].includes(error.reason);
  if (!refused) throw error;
  return error;
}

function verdict(refusals: readonly A2AError[]): A2AError {
  const denied = refusals.find((error) => error.reason === "PERMISSION_DENIED");
  if (denied) return denied;
  // "The API key is not valid" tells more than "Authentication required".
  const told = refusals.find((error) => error.message !== errors.UNAUTHENTICATED.message);
  const challenges = new Set(refusals.map((error) => error.challenge).filter((value) => value !== undefined));
  return new A2AError("UNAUTHENTICATED", told?.message, {
    challenge: [...challenges].join(", ") || undefined,
  });
}

function merged(authenticators: readonly Authenticator[]): Record<string, SecurityScheme> {
  const schemes: Record<string, SecurityScheme> = {};
  for (const [name, scheme] of authenticators.flatMap((one) => Object.entries(one.schemes))) {
    const other = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
    if (other && JSON.stringify(other) !== JSON.stringify(scheme)) {
      throw new TypeError(`Two security schemes are called ${JSON.stringify(name)}`);
    }
    schemes[name] = scheme;
  }
  return schemes;
}
