/** The dispatcher as 0.3 sees it: requests are read and answers are written in its form, the call is one of 1.0. */
import type { Call, Dispatcher, EventStream, Reply } from "../../dispatch/contract.js";
import type { OperationName } from "../../protocol/index.js";
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
      const events = await dispatcher.stream(operation, request(value), current(call));
      return translatedStream(events, (event) => [answer(event as never)]);
    },
  };
}

/** 0.3 asks for extensions in a header field of its own. */
export const extensionsHeader = "x-a2a-extensions";

const current = (call: Call): Call =>
  currentCall(call, { older: "0.3", extensions: call.header(extensionsHeader) });
