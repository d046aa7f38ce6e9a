/** The dispatcher as 0.3 sees it: requests are read and answers are written in its form, the call is one of 1.0. */
import { asObject } from "../../bindings/read-error.js";
import type { Call, Dispatcher, EventStream, Reply } from "../../dispatch/contract.js";
import { A2AError, type OperationName } from "../../protocol/index.js";
import { currentCall } from "../current-call.js";
import { translatedStream } from "../translated-stream.js";
import type { Form } from "./forms.js";
import { type Row, rows } from "./operations.js";

/** How requests become those of 1.0, and its answers those of 0.3. */
export interface Translation {
  request(value: unknown): unknown;
  answer(message: never): unknown;
}

/** As JSON-RPC has it. */
export function translation(name: OperationName, form: Form): Translation {
  const { readRequest, writeAnswer }: Pick<Row<never>, "readRequest" | "writeAnswer"> = rows[name];
  return {
    request: (value) => readRequest(value as Readonly<Record<string, unknown>>),
    answer: (message: never) => writeAnswer(message, form),
  };
}

export function translating(dispatcher: Dispatcher, { request, answer }: Translation): Dispatcher {
  return {
    async unary(operation, value, call): Promise<Reply> {
      const { json, extensions } = await dispatcher.unary(operation, request(value), current(call));
      return { json: JSON.stringify(answer(JSON.parse(json) as never)), extensions };
    },
    async stream(operation, value, call): Promise<EventStream> {
      const message = request(value);
      const events = await followed(dispatcher, operation, message, current(call));
      return translatedStream(events, (event) => [answer(event as never)]);
    },
  };
}

/** Who subscribes to a task that has ended gets it as it is, and no more (0.3 a2a.proto, TaskSubscription). */
async function followed(
  dispatcher: Dispatcher,
  operation: OperationName,
  message: unknown,
  call: Call,
): Promise<EventStream> {
  try {
    return await dispatcher.stream(operation, message, call);
  } catch (error) {
    if (operation !== "SubscribeToTask" || !isEnded(error)) throw error;
    const { id } = asObject(message);
    const { json, extensions } = await dispatcher.unary("GetTask", { id }, call);
    return single(`{"task":${json}}`, extensions);
  }
}

function isEnded(error: unknown): boolean {
  return (
    error instanceof A2AError &&
    error.reason === "UNSUPPORTED_OPERATION" &&
    error.metadata.state !== undefined
  );
}

function single(json: string, extensions: readonly string[]): EventStream {
  return {
    extensions,
    start(sink) {
      sink.send([{ seq: undefined, json }]);
      sink.end();
    },
    resume() {},
    cancel() {},
  };
}

/** 0.3 asks for extensions in a header field of its own. */
export const extensionsHeader = "x-a2a-extensions";

const current = (call: Call): Call =>
  currentCall(call, { older: "0.3", extensions: call.header(extensionsHeader) });
