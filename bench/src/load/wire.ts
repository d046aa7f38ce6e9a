/** A2A 1.0 requests as bytes, and answers checked on their way back, for both bindings. */
import { randomUUID } from "node:crypto";
import type { Endpoints } from "../servers/contract.js";
import type { Answer } from "./connection.js";

/** An answer that is not what the request asked for. Ends the measurement. */
export class WrongAnswer extends Error {
  override name = "WrongAnswer";
}

export function expect(condition: boolean, what: string, got: unknown): asserts condition {
  if (!condition) throw new WrongAnswer(`${what}, got ${JSON.stringify(got)?.slice(0, 400)}`);
}

export type Binding = "jsonrpc" | "rest";

/** A ready request and the reading of its answer's body. */
export interface Call {
  readonly bytes: Buffer;
  readonly binding: Binding;
}

/** What rows read of answers; every field may be missing until checked. */
export interface TaskShape {
  readonly id?: string;
  readonly contextId?: string;
  readonly status?: { readonly state?: string };
  readonly artifacts?: readonly ArtifactShape[];
}

export interface ArtifactShape {
  readonly artifactId?: string;
  readonly parts?: readonly { readonly text?: string }[];
}

export interface StreamShape {
  readonly task?: TaskShape;
  readonly statusUpdate?: { readonly taskId?: string; readonly status?: { readonly state?: string } };
  readonly artifactUpdate?: {
    readonly artifact?: ArtifactShape;
    readonly append?: boolean;
    readonly lastChunk?: boolean;
  };
}

export interface ListShape {
  readonly tasks?: readonly TaskShape[];
  readonly nextPageToken?: string;
  readonly totalSize?: number;
}

/** An undefined one is left out, also of those that are there by default. */
type Headers = Readonly<Record<string, string | undefined>>;

function bytesOf(verb: string, url: string, body: unknown, headers: Headers): Buffer {
  const { host, pathname, search } = new URL(url);
  const text = body === undefined ? "" : JSON.stringify(body);
  const fields = {
    Host: host,
    "A2A-Version": "1.0",
    ...(body === undefined
      ? {}
      : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)) }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) =>
    value === undefined ? "" : `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${verb} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n${text}`);
}

let nextId = 0;

export function rpc(at: Endpoints, method: string, params: object, headers: Headers = {}): Call {
  nextId += 1;
  return {
    binding: "jsonrpc",
    bytes: bytesOf("POST", at.jsonrpc, { jsonrpc: "2.0", id: nextId, method, params }, headers),
  };
}

export function get(url: string): Call {
  return { binding: "rest", bytes: bytesOf("GET", url, undefined, {}) };
}

export function userMessage(text: string, contextId?: string): object {
  return {
    message: {
      messageId: randomUUID(),
      role: "ROLE_USER",
      parts: [{ text }],
      ...(contextId === undefined ? {} : { contextId }),
    },
  };
}

export function sendMessage(at: Endpoints, binding: Binding, text: string, contextId?: string): Call {
  const params = userMessage(text, contextId);
  return binding === "jsonrpc"
    ? rpc(at, "SendMessage", params)
    : { binding, bytes: bytesOf("POST", `${at.rest.replace(/\/$/, "")}/message:send`, params, {}) };
}

/** As clients of 0.3 send it, who name no version. */
export function sendOldMessage(at: Endpoints, text: string): Call {
  const message = { kind: "message", messageId: randomUUID(), role: "user", parts: [{ kind: "text", text }] };
  return rpc(at, "message/send", { message }, { "A2A-Version": undefined });
}

/**
 * The result in an answer or in the data of one event.
 * @throws WrongAnswer on an error of the binding or anything that is not JSON.
 */
export function resultOf(binding: Binding, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WrongAnswer(`expected JSON, got ${text.slice(0, 400)}`);
  }
  if (binding === "rest") return value;
  const { result } = value as { result?: unknown };
  expect(result !== undefined, "expected a result", value);
  return result;
}

export function checkStatus(answer: Answer): void {
  expect(answer.status === 200, "expected status 200", answer);
}

/** The task of an echo's answer: completed, with exactly `text` in its one artifact. */
export function checkEcho(result: unknown, text: string): TaskShape & { id: string } {
  const { task } = result as { task?: TaskShape };
  return checkEchoTask(task, text);
}

export function checkEchoTask(
  task: TaskShape | undefined,
  text: string,
  completed = "TASK_STATE_COMPLETED",
): TaskShape & { id: string } {
  expect(task?.id !== undefined, "expected a task", task);
  expect(task.status?.state === completed, "expected a completed task", task);
  expect(task.artifacts?.length === 1, "expected one artifact", task);
  expect(task.artifacts[0]?.parts?.[0]?.text === text, `expected the text "${text}"`, task);
  return task as TaskShape & { id: string };
}
