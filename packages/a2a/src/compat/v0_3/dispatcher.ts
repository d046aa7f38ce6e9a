/** The dispatcher as 0.3 sees it: requests are read and answers are written in its form, the call is one of 1.0. */
import type { Call, Dispatcher, EventStream, Reply, StreamEvent } from "../../dispatch/contract.js";
import { type OperationName, protocolVersion, type StreamResponse } from "../../protocol/index.js";
import type { Form } from "./forms.js";
import { isFinal } from "./messages.js";
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
      const { json, extensions } = await dispatcher.unary(operation, request(value), currentCall(call));
      return { json: JSON.stringify(answer(JSON.parse(json) as never)), extensions };
    },
    async stream(operation, value, call): Promise<EventStream> {
      return translated(await dispatcher.stream(operation, request(value), currentCall(call)), answer);
    },
  };
}

/** 0.3 asks for extensions in a header field of its own. */
export const extensionsHeader = "x-a2a-extensions";

function currentCall(call: Call): Call {
  const { binding, lastEventId, tenant } = call;
  return {
    binding,
    lastEventId,
    tenant,
    version: protocolVersion,
    older: "0.3",
    extensions: call.header(extensionsHeader) ?? call.extensions,
    header: (name) => call.header(name),
    queryParameter: (name) => call.queryParameter(name),
  };
}

/** A stream ends with its final event, where one of 1.0 may go on. */
function translated(events: EventStream, answer: Translation["answer"]): EventStream {
  let over = false;
  return {
    extensions: events.extensions,
    resume: () => events.resume(),
    cancel: () => events.cancel(),
    start(sink) {
      events.start({
        send(batch) {
          if (over) return true;
          const written: StreamEvent[] = [];
          for (const { seq, json } of batch) {
            const event = JSON.parse(json) as StreamResponse;
            written.push({ seq, json: JSON.stringify(answer(event as never)) });
            over = event.statusUpdate !== undefined && isFinal(event.statusUpdate);
            if (over) break;
          }
          const more = sink.send(written);
          if (!over) return more;
          // Not from within its own call.
          queueMicrotask(() => events.cancel());
          sink.end();
          return true;
        },
        end: (error) => over || sink.end(error),
        cut: () => over || sink.cut(),
      });
    },
  };
}
