import type { MaybePromise } from "../ports/index.js";
import type { SecurityRequirement, SecurityScheme } from "../protocol/index.js";

/** Someone who was authenticated. `id` decides whose tasks are seen. */
export interface Principal {
  readonly id: string;
  readonly scopes?: readonly string[];
}

/** What a request carries that can prove who sent it. */
export interface Credentials {
  /** @param name Lower case. */
  header(name: string): string | undefined;
  queryParameter(name: string): string | undefined;
}

/** Checks requests and says on the card how to pass (spec 7.3, 7.4). */
export interface Authenticator {
  /** For `AgentCard.securitySchemes`. */
  readonly schemes: Readonly<Record<string, SecurityScheme>>;
  /** For `AgentCard.securityRequirements`: alternatives. */
  readonly requirements: readonly SecurityRequirement[];
  /** @throws A2AError UNAUTHENTICATED, with a challenge for every scheme, or PERMISSION_DENIED. */
  authenticate(credentials: Credentials): MaybePromise<Principal>;
}
