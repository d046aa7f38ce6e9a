/** What cells say about what they saw: each throws an Error that says what was wrong. */
import { isDeepStrictEqual } from "node:util";
import { DriverError } from "./driver.js";

export function equal(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Error(what);
}

/** How SDKs tell these errors: by reason, by a class, by a JSON-RPC code; when they tell no more, by a status. */
const errors = {
  TASK_NOT_FOUND: { name: "TaskNotFound", code: -32001, status: [404], grpc: [5] },
  TASK_NOT_CANCELABLE: { name: "TaskNotCancelable", code: -32002, status: [400, 409], grpc: [9] },
  UNSUPPORTED_OPERATION: { name: "UnsupportedOperation", code: -32004, status: [400], grpc: [9, 12] },
  VERSION_NOT_SUPPORTED: { name: "VersionNotSupported", code: -32009, status: [400], grpc: [9, 12] },
  INVALID_PARAMS: { name: "InvalidParams", code: -32602, status: [400, 422], grpc: [3] },
} as const;

export async function fails(reason: keyof typeof errors, call: Promise<unknown>): Promise<void> {
  const error = await refused(call);
  if (!matches(reason, error)) throw error;
}

/** Fails with any error of the SDK, where the specification does not say which. */
export async function refused(call: Promise<unknown>): Promise<DriverError> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error(`no error but ${JSON.stringify(answer).slice(0, 200)}`);
}

function matches(wanted: keyof typeof errors, { seen }: DriverError): boolean {
  const { name, code, status, grpc } = errors[wanted];
  if (seen.reason !== undefined) return seen.reason === wanted;
  if (seen.code !== undefined) return seen.code === code;
  if (seen.name?.startsWith(name)) return true;
  if (seen.grpc !== undefined) return grpc.some((each) => each === seen.grpc);
  return seen.status !== undefined && status.some((each) => each === seen.status);
}
