/** What both HTTP bindings make of an answer of dispatch. They differ in framing only. */
import type { Call, Dispatcher } from "../dispatch/contract.js";
import type { Log } from "../ports/index.js";
import { A2AError, type Operation, toA2AError } from "../protocol/index.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import { SseStream, sseHeaders } from "./sse.js";

/** What a binding needs to know beside the dispatcher. */
export interface BindingOptions {
  /** Largest request body that is read. */
  readonly bodyBytes: number;
  readonly log: Log;
}

/** How a binding writes answers and errors. */
export interface Framing {
  /** Before and after the response message. */
  readonly before: string;
  readonly after: string;
  /** A whole body that says an error. */
  error(error: A2AError): string;
  /** The `event` of an SSE event that says an error, where it has one. */
  readonly errorEvent?: string;
}

export type JsonType = "application/json" | "application/a2a+json";

/** Header fields of a JSON answer. Answers belong to their caller: nothing may keep them. */
export const jsonHeaders: Readonly<Record<JsonType, Readonly<Record<string, string>>>> = {
  "application/json": jsonHeadersOf("application/json"),
  "application/a2a+json": jsonHeadersOf("application/a2a+json"),
};

function jsonHeadersOf(type: JsonType): Record<string, string> {
  return { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" };
}

/** In a list of media types, but not with the weight 0: that one is not wanted (RFC 9110, 12.4.2). */
const a2aJson = /(?:^|,)\s*application\/a2a\+json(?=\s*(?:[;,]|$))(?![^,]*?;\s*q=0(?:\.0*)?\s*(?:[;,]|$))/i;

/** `application/a2a+json` for those who speak of it. */
export function responseType(request: HttpRequest): JsonType {
  const named = (name: string) => a2aJson.test(request.header(name) ?? "");
  return named("content-type") || named("accept") ? "application/a2a+json" : "application/json";
}

/**
 * Calls the operation and frames what it answers.
 * @throws A2AError before anything was streamed
 */
export async function answer(
  dispatcher: Dispatcher,
  operation: Operation,
  request: unknown,
  call: Call,
  framing: Framing,
  type: JsonType,
): Promise<HttpResponse> {
  if (operation.streaming) {
    const events = await dispatcher.stream(operation.name, request, call);
    const headers = withExtensions(sseHeaders, events.extensions);
    return { status: 200, headers, body: new SseStream(events, framing) };
  }
  const reply = await dispatcher.unary(operation.name, request, call);
  const headers = withExtensions(jsonHeaders[type], reply.extensions);
  return { status: 200, headers, body: framing.before + reply.json + framing.after };
}

function withExtensions(headers: Readonly<Record<string, string>>, extensions: readonly string[]) {
  return extensions.length === 0 ? headers : { ...headers, "a2a-extensions": extensions.join(", ") };
}

/** The error as the peer may see it. The log hears of those that nobody foresaw, and of agents that break the specification. */
export function exposed(thrown: unknown, log: Log): A2AError {
  if (!(thrown instanceof A2AError) || thrown.reason === "INVALID_AGENT_RESPONSE") {
    log.error("A request failed unexpectedly", { error: thrown });
  }
  return toA2AError(thrown);
}
