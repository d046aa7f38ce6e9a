/** Ways to break a rule. */
import { A2AError, type ErrorReason, type OperationName } from "@parley/a2a/protocol";
import type { HttpRequest, HttpResponse } from "../../../../a2a/src/bindings/index.js";
import type { Call, EventStream } from "../../../../a2a/src/dispatch/contract.js";
import type { Asked, Sabotage } from "../stand.js";
import type { VariantName } from "../variants.js";

export interface Saboteur extends Sabotage {
  /** The server it is set on; the one with every capability unless told. */
  readonly on?: VariantName;
  /** The bindings on which the check must fail; all that it is about unless told. */
  readonly breaks?: readonly string[];
}

export type Saboteurs = Readonly<Record<string, Saboteur | readonly Saboteur[]>>;

export type Json = Record<string, unknown>;
export type Edit = (json: Json, asked: Asked) => unknown;

export const HTTP = ["JSONRPC", "HTTP+JSON"];
export const GRPC = ["GRPC"];

/** Answers of these operations, edited. */
export const result = (operations: OperationName | readonly OperationName[], edit: Edit): Saboteur => ({
  dispatch: async (asked, next) => {
    const answer = await next();
    if (!("json" in answer) || ![operations].flat().includes(asked.operation)) return answer;
    return { ...answer, json: JSON.stringify(edit(JSON.parse(answer.json), asked)) };
  },
});

/** A task in an answer, wherever it is. */
export const task = (
  edit: Edit,
  operations: readonly OperationName[] = ["SendMessage", "GetTask", "CancelTask"],
): Saboteur =>
  result(operations, (json, asked) =>
    json.task ? { ...json, task: edit(json.task as Json, asked) } : edit(json, asked),
  );

/** An error with another reason in its place, or an answer. */
export const instead = (
  reason: ErrorReason,
  make: (asked: Asked) => object,
  operations?: readonly OperationName[],
): Saboteur => ({
  dispatch: async (asked, next) => {
    try {
      return await next();
    } catch (error) {
      const meant = error instanceof A2AError && error.reason === reason;
      if (!meant || (operations && !operations.includes(asked.operation))) throw error;
      const other = make(asked);
      if (other instanceof A2AError) throw other;
      return { json: JSON.stringify(other), extensions: [] };
    }
  },
});

const broken = () => new A2AError("INTERNAL_ERROR", "Broken");
export const another = (reason: ErrorReason, operations?: readonly OperationName[]) =>
  instead(reason, broken, operations);

/** Requests of these operations, edited. */
export const request = (
  edit: (request: Json, asked: Asked) => unknown,
  operation?: OperationName,
): Saboteur => ({
  dispatch: (asked, next) =>
    operation === undefined || asked.operation === operation
      ? next({ request: edit({ ...asked.request }, asked) as Json })
      : next(),
});

/** The message of a request, edited. */
export const message = (edit: (message: Json) => unknown): Saboteur =>
  request((all) => (all.message ? { ...all, message: edit({ ...(all.message as Json) }) } : all));

/** Events of streams, each replaced by any number of others; `end` decides whether the end is told. */
export const events = (
  edit: (event: Json, index: number) => readonly unknown[],
  { end = true, on = ["SendStreamingMessage", "SubscribeToTask"] as readonly OperationName[] } = {},
): Saboteur => ({
  dispatch: async (asked, next) => {
    const answer = await next();
    return !("start" in answer) || !on.includes(asked.operation) ? answer : edited(answer, edit, end);
  },
});

function edited(
  stream: EventStream,
  edit: (event: Json, index: number) => readonly unknown[],
  tellEnd: boolean,
): EventStream {
  let index = 0;
  return {
    extensions: stream.extensions,
    resume: () => stream.resume(),
    cancel: () => stream.cancel(),
    start: (sink) =>
      stream.start({
        send: (some) =>
          sink.send(
            some.flatMap(({ seq, json }) =>
              edit(JSON.parse(json), index++).map((event) => ({ seq, json: JSON.stringify(event) })),
            ),
          ),
        end: (error) => tellEnd && sink.end(error),
        cut: () => sink.cut(),
      }),
  };
}

/** The same call, but for some of what it says. */
export function changed(call: Call, change: Partial<Call>): Call {
  const { binding, version, older, taskName, extensions, lastEventId, tenant } = call;
  return {
    ...{ binding, version, older, taskName, extensions, lastEventId, tenant },
    header: (name) => call.header(name),
    queryParameter: (name) => call.queryParameter(name),
    onGivenUp: (act) => call.onGivenUp?.(act),
    ...change,
  };
}

/** Calls of an operation, or of all, changed before anything looks at them. */
export const calls = (change: (call: Call) => Partial<Call>, operation?: OperationName): Saboteur => ({
  dispatch: ({ operation: asked, call }, next) =>
    operation === undefined || asked === operation ? next({ call: changed(call, change(call)) }) : next(),
});

/** Requests that are refused for nothing. */
export const refusing = (when: (asked: Asked) => boolean): Saboteur => ({
  dispatch: async (asked, next) => {
    if (when(asked)) throw new A2AError("INVALID_PARAMS", "Broken");
    return next();
  },
});

/** Texts of HTTP bodies, rewritten, streams as well. */
export const body = (
  edit: (text: string, request: HttpRequest, response: HttpResponse) => string,
  at = /^\/(?!\.well-known)/,
): Saboteur => ({
  breaks: HTTP,
  http: (asked, response) => {
    if (!at.test(asked.path)) return response;
    const { body: found } = response;
    if (found === undefined) return response;
    if (typeof found === "string") return withBody(response, edit(found, asked, response));
    return {
      ...response,
      body: {
        start: (writer) =>
          found.start({
            write: (chunk) => writer.write(edit(chunk, asked, response)),
            end: () => writer.end(),
            destroy: () => writer.destroy(),
          }),
        drained: () => found.drained(),
        cancelled: () => found.cancelled(),
      },
    };
  },
});

function withBody(response: HttpResponse, body: string): HttpResponse {
  const { "content-length": _, ...headers } = response.headers;
  return { ...response, headers, body };
}

/** Errors of both HTTP bindings, as JSON. */
export const errorJson = (edit: (error: Json, request: HttpRequest) => unknown): Saboteur =>
  body((text, asked) => {
    if (!text.includes('"error"')) return text;
    const json = JSON.parse(text) as Json;
    return JSON.stringify({ ...json, error: edit(json.error as Json, asked) });
  });

/** A field of the header of answers. */
export const header = (name: string, value: string | undefined, at = /./): Saboteur => ({
  breaks: HTTP,
  http: ({ path }, response) => {
    if (!at.test(path)) return response;
    const { [name]: _, ...headers } = response.headers;
    return { ...response, headers: value === undefined ? headers : { ...headers, [name]: value } };
  },
});

/** The card, edited. */
export const card = (edit: (card: Json) => unknown): Saboteur =>
  body((text) => JSON.stringify(edit(JSON.parse(text))), /^\/\.well-known\//);

export const theCard = /^\/\.well-known\//;

/** An answer with this status in place of those with another. */
export const status = (from: number, to: number): Saboteur => ({
  breaks: ["HTTP+JSON"],
  http: (_, response) => (response.status === from ? { ...response, status: to } : response),
});

/** Trailers of gRPC, edited. */
export const trailers = (change: Record<string, string | undefined>): Saboteur => ({
  breaks: GRPC,
  grpc: (found) =>
    found["grpc-status"] === "0"
      ? found
      : Object.fromEntries(
          Object.entries({ ...found, ...change }).filter(([, value]) => value !== undefined),
        ),
});

export const without = (name: string) => (json: Json) => ({ ...json, [name]: undefined });
export const on = (variant: VariantName, saboteur: Saboteur): Saboteur => ({ ...saboteur, on: variant });
export const as = (breaks: readonly string[], saboteur: Saboteur): Saboteur => ({ ...saboteur, breaks });
export const rpc = (saboteur: Saboteur) => as(["JSONRPC"], saboteur);
export const rest = (saboteur: Saboteur) => as(["HTTP+JSON"], saboteur);

/** Texts of JSON-RPC bodies, rewritten. */
export const rpcText = (edit: (text: string) => string) => rpc(body(edit));

/** A task, as an answer. */
export const made = () => ({
  task: { id: "made-up", contextId: "c", status: { state: "TASK_STATE_COMPLETED" } },
});

/** A stream where there should be an error. */
export const streamInstead = (reason: ErrorReason, operation: OperationName): Saboteur => ({
  dispatch: async (asked, next) => {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof A2AError && error.reason === reason) || asked.operation !== operation)
        throw error;
      return madeStream();
    }
  },
});

function madeStream(): EventStream {
  return {
    extensions: [],
    resume() {},
    cancel() {},
    start(sink) {
      sink.send([{ seq: 1, json: JSON.stringify(made()) }]);
      sink.end();
    },
  };
}

/** Answers of JSON-RPC with this code, with another one. */
export const otherRpcCode = (code: number): Saboteur =>
  rpcText((text) => text.replace(`"code":${code}`, '"code":-32000'));
