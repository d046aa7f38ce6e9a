/** What checks say about answers, over any binding. */
import { type ErrorReason, errors } from "@parley/a2a/protocol";
import { Failed } from "./check.js";
import type { Exchange } from "./wire/exchange.js";
import { at } from "./wire/json.js";
import type { Answer, Wire, WireError } from "./wire/wire.js";

/** The result. @throws Failed when it is an error */
export function given(answer: {
  result?: unknown;
  error?: WireError | undefined;
  exchange: Exchange;
}): unknown {
  if (answer.error) throw new Failed("an answer that is no error", answer.exchange);
  return answer.result;
}

/** @throws Failed unless it is this error, by its reason or, where it gives none, by its code */
export function refused(
  wire: Wire,
  answer: Pick<Answer, "error" | "exchange">,
  ...reasons: ErrorReason[]
): WireError {
  const { error, exchange } = answer;
  const wanted = reasons.map((reason) => `${errors[reason].name} (${wire.codeOf(reason)})`).join(" or ");
  if (error === undefined) throw new Failed(wanted, exchange, "an answer that is no error");
  if (!reasons.some((reason) => means(wire, error, reason))) throw new Failed(wanted, exchange);
  return error;
}

function means(wire: Wire, { code, reason }: WireError, wanted: ErrorReason): boolean {
  return reason === undefined ? code === wire.codeOf(wanted) : reason === wanted;
}

/** @throws Failed unless the request is said to be wrong, in whatever words */
export function rejected(wire: Wire, answer: Pick<Answer, "error" | "exchange">, what: string): WireError {
  const { error, exchange } = answer;
  const expected = `an error that says ${what}`;
  if (error === undefined) throw new Failed(expected, exchange, "an answer that is no error");
  const ours = [wire.codeOf("INTERNAL_ERROR"), wire.codeOf("UNAVAILABLE"), undefined];
  if (ours.includes(error.code as number | undefined))
    throw new Failed(expected, exchange, "a failure of the server");
  return error;
}

export const terminalStates: readonly unknown[] = [
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
];
export const interruptedStates: readonly unknown[] = [
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
];

export const stateOf = (task: unknown): unknown => at(task, "status", "state");
export const isTerminal = (task: unknown): boolean => terminalStates.includes(stateOf(task));
export const isInterrupted = (task: unknown): boolean => interruptedStates.includes(stateOf(task));

/** An id that nothing has. */
export const nobody = (): string => `conformance-${crypto.randomUUID()}`;
