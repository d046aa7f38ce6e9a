/** Sends one HTTP POST and says how it was answered; rejects when there was no answer, or none that may be used. */
export type Post = (
  url: string,
  request: { readonly headers: Record<string, string>; readonly body: string; readonly timeoutMs: number },
) => Promise<{ readonly status: number }>;
