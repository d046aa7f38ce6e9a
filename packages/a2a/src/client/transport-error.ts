/**
 * Why there is no answer of the protocol:
 * `network`, the agent could not be reached or the connection broke; `timeout`, it took too long;
 * `http`, what answered at the URL is not the agent (a redirect, no card there).
 */
export type TransportFailure = "network" | "timeout" | "http";

/** No answer came, so nothing is known about what the agent did. Answers that are errors are A2AErrors. */
export class TransportError extends Error {
  override readonly name = "TransportError";

  /**
   * @param kind What failed.
   * @param message For people, with the URL in it (without what may hold a key: its query, its credentials).
   */
  constructor(
    readonly kind: TransportFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A URL as it may be shown. */
export function displayUrl(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/^([a-z]+:\/\/)[^/]*@/i, "$1");
}
