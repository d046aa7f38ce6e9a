/**
 * The agent at the other end: finds its card, opens a client on the interface the flags ask for, and turns
 * what goes wrong into the failures of the CLI specification. Commands call `withSession`; this room calls
 * the SDK client, which does the protocol.
 */
export { cardViolations, type FoundCard, placeOf, readDocument, unreachable } from "./card.js";
export { authFor } from "./credentials.js";
export { getTask, isUnspecified } from "./get-task.js";
export { insecureFetch } from "./insecure-fetch.js";
export { preferredBindings } from "./interfaces.js";
export { open, type Session, serviceParameters, withCard, withSession } from "./session.js";
