/** Agents of some versions may answer before the task has ended, without being asked to: who waits for it asks again. */
import { asObject } from "../bindings/read-error.js";
import { operations, type SendMessageRequest } from "../protocol/index.js";
import { sleep } from "./backoff.js";
import type { OutgoingCall, Transport } from "./transport.js";
import { TransportError } from "./transport-error.js";

const pending: readonly unknown[] = ["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"];

/** The longest wait between two questions, in milliseconds. */
const longest = 2_000;

export function settling(transport: Transport): Transport {
  return {
    async unary(call) {
      const answer = await transport.unary(call);
      return waits(call) ? settled(transport, call, answer) : answer;
    },
    stream: (call) => transport.stream(call),
    close: () => transport.close(),
  };
}

const waits = ({ operation, request }: OutgoingCall): boolean =>
  operation.name === "SendMessage" && !(request as SendMessageRequest).configuration?.returnImmediately;

/** @throws TransportError when the task does not end in time; the signal's reason */
async function settled(transport: Transport, call: OutgoingCall, answer: unknown): Promise<unknown> {
  const until = Date.now() + call.timeoutMs;
  let task = asObject(answer).task;
  for (
    let delay = 50;
    pending.includes(asObject(asObject(task).status).state);
    delay = Math.min(delay * 2, longest)
  ) {
    if (Date.now() + delay > until)
      throw new TransportError("timeout", `the task has not ended within ${call.timeoutMs} ms`);
    await sleep(delay, call.signal);
    const { id } = asObject(task);
    const timeoutMs = until - Date.now();
    task = await transport.unary({ ...call, operation: operations.GetTask, request: { id }, timeoutMs });
  }
  return task === undefined ? answer : { task };
}
