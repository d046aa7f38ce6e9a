/** What the wires of older versions have in common: methods are named as in their JSON-RPC, whatever carries them. */
import type { Events } from "./events.js";
import type { Exchange } from "./exchange.js";
import { at, type Fields, isFields } from "./json.js";
import type { Binding } from "./wire.js";

export interface OldAnswer {
  readonly exchange: Exchange;
  readonly result?: unknown;
  /** The JSON-RPC code, the HTTP status or that of gRPC. */
  readonly error?:
    | { readonly code: unknown /** Whether it is JSON. */; readonly readable?: boolean }
    | undefined;
}

export interface OldStream {
  readonly exchange: Exchange;
  /** Each as it would be the result of a call. */
  readonly events: Events<Fields>;
  /** It is none. */
  readonly error: boolean;
}

/** `M` are the methods it has. */
export interface OldWire<M extends string = "tasks/get" | "tasks/cancel"> {
  readonly binding: Binding;
  readonly url: string;
  /** Tasks may be gone once they have ended: without Messages a direct answer is a task, too. */
  readonly purges?: boolean;
  /** What sends the text and waits for what comes of it. */
  params(text: string): object;
  send(text: string): Promise<OldAnswer>;
  call(method: M, params: object): Promise<OldAnswer>;
  /** A stream, read to its end. */
  stream(method: M, params: object): Promise<OldStream>;
  close(): void;
}

/** The task of an answer: itself, or inside of what HTTP+JSON and gRPC put around it. */
export function oldTask(result: unknown): Fields | undefined {
  const inner = at(result, "task") ?? result;
  return isFields(inner) && isFields(inner["status"]) ? inner : undefined;
}
