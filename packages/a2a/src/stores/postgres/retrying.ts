import { describe, isPassing, type Settings } from "./driver.js";

/** Between attempts; a random half of it is left out, so that nodes do not come back all at once. */
const firstPause = 10;
const longestPause = 1000;

/**
 * Does what may fail because a connection does, again and again for a while.
 * @param failed Called with each failure; false when it is not to be tried again.
 * @throws Error with the last failure, and with the database's name.
 */
export async function retrying<T>(
  { url, retryMillis }: Pick<Settings, "url" | "retryMillis">,
  work: () => Promise<T>,
  failed: (error: unknown) => boolean = () => true,
): Promise<T> {
  const until = Date.now() + retryMillis;
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      return await work();
    } catch (error) {
      if (!failed(error) || !isPassing(error) || Date.now() >= until) throw explained(url, error);
      await new Promise((resolve) => setTimeout(resolve, pause * (1 - Math.random() / 2)));
    }
  }
}

function explained(url: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof Error && reason.includes(describe(url))) return error;
  return new Error(`${describe(url)}: ${reason}`, { cause: error });
}
