/** A real server on real sockets, spoken to as a peer would: raw requests on either binding, read side by side. */
import { toQuery, toRoute } from "../../src/bindings/http-json/routes.js";
import { type ServeOptions, type Serving, serve } from "../../src/hosts/node/index.js";
import type { Agent, AgentContext, AgentRequest, CardDraft, Execution, Log } from "../../src/index.js";
import {
  type ErrorReason,
  type FieldViolation,
  type OperationName,
  operationNames,
  operations,
  type StreamResponse,
  type Task,
} from "../../src/protocol/index.js";

export const bindings = ["JSONRPC", "HTTP+JSON"] as const;
export type Binding = (typeof bindings)[number];
export type Headers = Readonly<Record<string, string>>;

export interface Logged {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps what it is told. */
export function keepingLog() {
  const lines: Logged[] = [];
  const at =
    (level: keyof Log): Log["info"] =>
    (message, fields = {}) =>
      void lines.push({ level, message, fields });
  return { lines, log: { error: at("error"), warn: at("warn"), info: at("info") } satisfies Log };
}

type Execute = (request: AgentRequest, context: AgentContext) => Execution;

/** An agent online; what the card and the options do not say is as `serve` has it. */
export function online(
  agent: Execute | Pick<Agent, "execute" | "reply">,
  options: ServeOptions & { readonly card?: Partial<CardDraft> } = {},
): Promise<Serving> {
  const { card, ...rest } = options;
  const made = typeof agent === "function" ? { execute: agent } : agent;
  const { log } = keepingLog();
  return serve(
    { card: { name: "Test", description: "Tests", version: "1.0.0", ...card }, ...made },
    { log, ...rest },
  );
}

/** A message to send. */
export const saying = (text: string, fields: object = {}, configuration?: object) => ({
  message: { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text }], ...fields },
  ...(configuration && { configuration }),
});

export interface Failure {
  readonly reason: ErrorReason;
  readonly code: number;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly details: readonly { readonly "@type": string }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly text: string;
  /** The response message, when there is one. */
  readonly result: never;
  readonly error?: Failure | undefined;
}

/** Puts an operation on the wire of a binding. */
export function post(
  url: string,
  binding: Binding,
  name: OperationName,
  request: object,
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<Response> {
  const fields = { "content-type": "application/json", "a2a-version": "1.0", ...headers };
  const common = { headers: fields, ...(signal && { signal }) };
  if (binding === "JSONRPC") {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method: name, params: request });
    return fetch(`${url}/`, { method: "POST", body, ...common });
  }
  const { verb, path, rest } = toRoute(operations[name], request);
  if (verb === "POST") return fetch(url + path, { method: verb, body: JSON.stringify(rest), ...common });
  return fetch(`${url}${path}?${toQuery(rest)}`, { method: verb, ...common });
}

export async function call(
  url: string,
  binding: Binding,
  name: OperationName,
  request: object = {},
  headers?: Headers,
): Promise<Answer> {
  const response = await post(url, binding, name, request, headers);
  const text = await response.text();
  const { error, result } = opened(binding, text === "" ? {} : JSON.parse(text));
  return { status: response.status, headers: response.headers, text, error, result: result as never };
}

interface Detail {
  readonly "@type": string;
  readonly reason?: ErrorReason;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly fieldViolations?: readonly FieldViolation[];
}

interface Body {
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: readonly Detail[];
    readonly details?: readonly Detail[];
  };
}

/** The message and the error of an answer or event, out of the binding's frame. */
function opened(binding: Binding, body: Body): { result?: unknown; error?: Failure } {
  if (body.error === undefined) return { result: binding === "JSONRPC" ? body.result : body };
  const { code, message } = body.error;
  const details = (binding === "JSONRPC" ? body.error.data : body.error.details) ?? [];
  const [info, bad] = details;
  if (info?.reason === undefined) throw new Error(`an error without its reason: ${JSON.stringify(body)}`);
  const { reason, metadata = {} } = info;
  return { error: { reason, code, message, metadata, violations: bad?.fieldViolations ?? [], details } };
}

/** Events of a stream as they come. */
export class Events {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #leave = new AbortController();
  #text = "";

  private constructor(
    readonly binding: Binding,
    readonly response: Response,
    leave: AbortController,
  ) {
    this.#leave = leave;
    this.#reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
  }

  static async open(url: string, binding: Binding, name: OperationName, request: object, headers?: Headers) {
    const leave = new AbortController();
    const response = await post(url, binding, name, request, headers, leave.signal);
    if (response.headers.get("content-type") !== "text/event-stream") {
      throw new Error(`no stream: ${await response.text()}`);
    }
    return new Events(binding, response, leave);
  }

  /** The next event, or undefined at the end of the stream. */
  async next(): Promise<StreamResponse | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) return opened(this.binding, JSON.parse(data)).result as StreamResponse;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** Everything until the server closes the stream. */
  async rest(): Promise<StreamResponse[]> {
    const events: StreamResponse[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) events.push(event);
    return events;
  }

  leave(): void {
    this.#leave.abort();
  }
}

/** The task of an answer to a send. */
export async function send(url: string, binding: Binding, request: object, headers?: Headers): Promise<Task> {
  const { result, error, text } = await call(url, binding, "SendMessage", request, headers);
  const { task } = (result ?? {}) as { task?: Task };
  if (error !== undefined || task === undefined) throw new Error(`no task: ${text}`);
  return task;
}

/** The state each event tells, or what kind of event it is. */
export const told = (event: StreamResponse | undefined): string | undefined =>
  event?.task?.status.state ?? event?.statusUpdate?.status.state ?? Object.keys(event ?? {})[0];

/** A request for every operation, about one task. */
export function requestsAbout(taskId: string): readonly (readonly [OperationName, object])[] {
  const about: Record<OperationName, object> = {
    SendMessage: saying("more", { taskId }),
    SendStreamingMessage: saying("more", { taskId }),
    GetTask: { id: taskId },
    ListTasks: {},
    CancelTask: { id: taskId },
    SubscribeToTask: { id: taskId },
    CreateTaskPushNotificationConfig: { taskId, id: "c", url: "https://hook.example/" },
    GetTaskPushNotificationConfig: { taskId, id: "c" },
    ListTaskPushNotificationConfigs: { taskId },
    DeleteTaskPushNotificationConfig: { taskId, id: "c" },
    GetExtendedAgentCard: {},
  };
  return operationNames.map((name) => [name, about[name]]);
}

/** A promise and what opens it. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
