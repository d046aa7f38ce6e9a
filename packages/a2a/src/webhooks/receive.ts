import type { MaybePromise } from "../ports/index.js";
import { WebhookError } from "./errors.js";
import type { WebhookRequest } from "./request.js";
import { type Seen, SeenIds } from "./seen.js";
import { createVerifier, type Notification, type VerifyOptions } from "./verify.js";

export interface ReceiveOptions extends VerifyOptions {
  /** The last 10,000 in memory unless told. */
  readonly seen?: Seen;
}

/** What to answer. */
export interface Answer {
  readonly status: number;
}

/**
 * Receives webhooks: each event is handled once, as far as `seen` remembers, and only then acknowledged.
 * When `handle` throws, the answer is 500 and the sender will try again.
 *
 * @throws TypeError when `options` say nothing to authenticate webhooks by
 * @example
 * const receive = webhookReceiver({ secret: "whsec_..." }, ({ event }) => console.log(event));
 * createServer(async (request, response) => response.writeHead((await receive(request)).status).end());
 */
export function webhookReceiver(
  options: ReceiveOptions,
  handle: (notification: Notification) => MaybePromise<void>,
): (request: WebhookRequest) => Promise<Answer> {
  const seen = options.seen ?? new SeenIds();
  const verify = createVerifier({ ...options, seen });
  return async (request) => {
    try {
      const notification = await verify(request);
      if (!notification.duplicate) {
        await handle(notification);
        await seen.add(notification.id);
      }
      return { status: 204 };
    } catch (error) {
      return { status: error instanceof WebhookError ? error.status : 500 };
    }
  };
}
