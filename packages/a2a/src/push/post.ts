/** How a webhook was answered. */
export interface Posted {
  readonly status: number;
  /** The answer's `Retry-After`, as it came. */
  readonly retryAfter?: string | undefined;
}

/** Sends webhooks. `outgoing/` has the guarded one; applications elsewhere bring their own. */
export interface Post {
  /** Sends one POST, follows no redirect, and says how it was answered; rejects when there is no usable answer in time. */
  (
    url: string,
    request: { readonly headers: Record<string, string>; readonly body: string; readonly timeoutMs: number },
  ): Promise<Posted>;
  /** Why it would refuse this URL, as far as that shows in advance. */
  readonly objection?: (url: string) => string | undefined;
}
