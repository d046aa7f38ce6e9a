/**
 * The client: finds an agent's card, chooses an interface, calls the eleven operations over it and keeps
 * streams alive across cut connections. Applications and the CLI call `connect`; it calls the bindings'
 * client sides, which interpret the operations table. Web globals only.
 *
 * @example
 * const client = await connect("http://localhost:4100");
 * for await (const event of client.sendStreamingMessage("Summarise this")) {
 *   process.stdout.write(textOf(event));
 * }
 */
export type { ClientBindingName, WireRequest } from "../bindings/client.js";
export type { SseEvent } from "../bindings/sse-reader.js";
export type {
  AgentCard,
  AgentInterface,
  Artifact,
  ErrorReason,
  FieldViolation,
  Message,
  Part,
  SendMessageRequest,
  SendMessageResponse,
  StreamResponse,
  Task,
  TaskState,
} from "../protocol/index.js";
export { A2AError } from "../protocol/index.js";
export { apiKey, bearer } from "./auth.js";
export { type CachedCard, type CardCache, memoryCardCache } from "./card-cache.js";
export { Client, type Sendable } from "./client.js";
export { connect, createClient } from "./connect.js";
export { cardUrl, fetchCard, findCard } from "./discovery.js";
export type {
  Auth,
  CallOptions,
  ClientOptions,
  Credentials,
  SendOptions,
  SubscribeOptions,
  WireResponse,
} from "./options.js";
export type { ResponseStream } from "./response-stream.js";
export { textOf } from "./text-of.js";
export type {
  OutgoingCall,
  ReceivedEvent,
  ReceivedStream,
  Transport,
  TransportProvider,
} from "./transport.js";
export { TransportError, type TransportFailure } from "./transport-error.js";
export type { ClientVersion } from "./version.js";
