/** URIs of extensions that both sides know; docs/extensions/ says what they are. */

export const streamResumptionUri = "urn:parley:a2a:stream-resumption:v1";
export const idempotentSendUri = "urn:parley:a2a:idempotent-send:v1";
