/**
 * Receiving webhooks: `verifyWebhook` says whether a request is a notification of a task, by its signature
 * (Standard Webhooks: HMAC or Ed25519), its age, whether it was seen and whether its task is expected.
 * Applications call it in whatever server they have, fetch-style or Node's; `push/`, which sends, shares how
 * things are signed. Calls the codec and WebCrypto; runs on any platform.
 */
export { WebhookError, type WebhookProblem } from "./errors.js";
export { type JwksOptions, jwksPath } from "./jwks.js";
export { type Answer, type ReceiveOptions, webhookReceiver } from "./receive.js";
export type { ReadRequest, WebhookRequest } from "./request.js";
export { type Seen, SeenIds } from "./seen.js";
export { type Ed25519Jwk, type Jwks, tokenHeaders, webhookHeaders } from "./signature.js";
export {
  createVerifier,
  type Notification,
  type Verify,
  type VerifyOptions,
  verifyWebhook,
} from "./verify.js";
