/** The dispatcher as the draft of 1.1 sees it: a task's generation is the number of its last event. */
import type { Call, Dispatcher, EventStream, Numbered, StreamEvent } from "../../dispatch/contract.js";
import { A2AError, invalidField, type OperationName, protoName } from "../../protocol/index.js";
import { currentCall } from "../current-call.js";

export function draftDispatcher(dispatcher: Dispatcher): Dispatcher {
  return {
    unary: (operation, value, call) =>
      dispatcher.unary(operation, value, numberedCall(operation, value, call)),
    async stream(operation, value, call) {
      return numberedStream(await dispatcher.stream(operation, value, numberedCall(operation, value, call)));
    },
  };
}

function numberedCall(operation: OperationName, value: unknown, call: Call): Call {
  const after = operation === "GetTask" ? currentGeneration(value, call) : undefined;
  const configuration = memberOf(value, "configuration");
  const expected = generationIn(configuration, "ifGenerationMatch", "configuration.");
  const numbered: Numbered = {
    after,
    expected,
    task: (json, seq) => `${json.slice(0, -1)},"generation":"${seq}"}`,
    mismatch: (taskId, seq) =>
      new A2AError(
        "TASK_GENERATION_MISMATCH",
        `The task's generation is ${seq}, not ${expected} as the message expects`,
        { metadata: { taskId, expectedGeneration: String(expected), currentGeneration: String(seq) } },
      ),
  };
  return currentCall(call, { older: "1.1", numbered });
}

/** In a query it is none of the parameters that 1.0 knows. */
function currentGeneration(value: unknown, call: Call): number | undefined {
  const name = "currentGeneration";
  if (call.binding !== "HTTP+JSON") return generationIn(value, name);
  const sent = call.queryParameter(name) ?? call.queryParameter(protoName(name));
  return sent ? toGeneration(sent, name) : undefined;
}

function generationIn(message: unknown, name: string, path = ""): number | undefined {
  const sent = memberOf(message, name) ?? memberOf(message, protoName(name)) ?? undefined;
  return sent === undefined ? undefined : toGeneration(sent, path + name);
}

/** An int64 of ProtoJSON. @throws A2AError INVALID_PARAMS */
function toGeneration(sent: unknown, field: string): number {
  const isNumber = typeof sent === "string" ? /^-?\d{1,19}$/.test(sent) : Number.isInteger(sent);
  if (!isNumber) throw invalidField(field, "expected an integer");
  return Number(sent);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function numberedStream(events: EventStream): EventStream {
  return {
    extensions: events.extensions,
    resume: () => events.resume(),
    cancel: () => events.cancel(),
    start: (sink) =>
      events.start({
        send: (batch) => sink.send(batch.map(numberedEvent)),
        end: (error) => sink.end(error),
        cut: () => sink.cut(),
      }),
  };
}

function numberedEvent({ seq, json }: StreamEvent): StreamEvent {
  return seq === undefined ? { seq, json } : { seq, json: numberedJson(json, seq) };
}

/** An event is an object with one member, which is an object with members. */
export const numberedJson = (json: string, seq: number): string =>
  `${json.slice(0, -2)},"generation":"${seq}"}}`;
