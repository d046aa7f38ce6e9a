/**
 * Who is calling. Dispatch asks an Authenticator for the principal of every request; tasks, contexts and
 * lists then belong to that principal. The server puts the authenticator's schemes on its card, so what
 * the card says and what is checked are one thing. Ready-made: `bearerTokens`, `apiKeys`, `anyOf` of them,
 * and `authenticator` around a function of yours. Calls nothing but the error table.
 */
export * from "./any-of.js";
export * from "./api-keys.js";
export * from "./authenticator.js";
export * from "./bearer-tokens.js";
export * from "./contract.js";
export type { Principals, PrincipalTable } from "./principals.js";
