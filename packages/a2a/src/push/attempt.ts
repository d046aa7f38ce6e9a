import type { StoredPushConfig } from "../ports/index.js";
import type { Signing } from "../webhooks/signature.js";
import { headersOf } from "./config.js";
import type { Post } from "./post.js";
import { retryAfterMillis } from "./schedule.js";
import { signerFor } from "./signer.js";
import type { Slots } from "./slots.js";
import type { Vault } from "./vault.js";

/** How requests are made. */
export interface Sending {
  readonly post: Post;
  readonly slots: Slots;
  readonly vault: Vault;
  /** The server's own keys. */
  readonly keys: readonly Signing[];
  /** For one attempt. */
  readonly timeoutMs: number;
}

/** What goes into one notification. */
export interface Item {
  readonly seq: number;
  readonly json: string;
}

/** What became of one attempt. */
export interface Outcome {
  /** Undefined when it was accepted. */
  readonly error?: string;
  /** The receiver wants no more, ever. */
  readonly gone?: boolean;
  /** How long the receiver wants to be left alone, in milliseconds. */
  readonly retryAfter?: number;
  /** It was not made: it is no use now, or the place is not this one's any more. */
  readonly unmade?: "silent host" | "stopped";
}

export interface Attempts {
  /** Makes one attempt when it is this one's turn at the host and `may` still says so. */
  make(item: Item, may: () => Promise<boolean>): Promise<Outcome>;
}

const maxError = 200;

/** Attempts at the receiver of one configuration. */
export async function attemptsAt(kept: StoredPushConfig, sending: Sending): Promise<Attempts> {
  try {
    return attemptsWith(await sending.vault.open(kept), sending);
  } catch (error) {
    return { make: async () => failed(error) };
  }
}

function attemptsWith(config: StoredPushConfig, sending: Sending): Attempts {
  const { post, slots, timeoutMs } = sending;
  const { host } = new URL(config.url);
  const headers = headersOf(config);
  const sign = signerFor(config, sending.keys);

  async function send({ seq, json }: Item): Promise<Outcome> {
    const signed = { ...headers, ...(await sign(seq, json)) };
    const { status, retryAfter } = await post(config.url, { headers: signed, body: json, timeoutMs });
    if (status >= 200 && status < 300) return {};
    return { error: `HTTP ${status}`, gone: status === 410, retryAfter: retryAfterMillis(retryAfter) };
  }

  return {
    async make(item, may) {
      if (!(await slots.take(host))) return { unmade: "silent host" };
      let answered = true;
      try {
        return (await may()) ? await send(item) : { unmade: "stopped" };
      } catch (error) {
        answered = false;
        return failed(error);
      } finally {
        slots.give(host, answered);
      }
    },
  };
}

function failed(error: unknown): Outcome {
  return { error: error instanceof Error ? error.message.slice(0, maxError) : "unknown" };
}
