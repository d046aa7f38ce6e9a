/** The entrance of the checker. */
import {
  A2AError,
  type ErrorReason,
  type FieldViolation,
  type MessageName,
  type Messages,
} from "../protocol/index.js";
import { readMessage } from "./read.js";
import { type CheckMode, Reader } from "./reader.js";
import { type Schema, type ShapeOf, shapeOf, shapesOf } from "./shapes.js";

export interface CheckOptions {
  /** How strict to be; "request" when not given. */
  readonly mode?: CheckMode;
  /** How deep objects and arrays may be nested; 100 when not given. */
  readonly maxDepth?: number;
  /** What is wrong with a message that breaks the specification; told by the mode when not given. */
  readonly reason?: ErrorReason;
}

export type CheckResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly violations: readonly FieldViolation[] };

/** As {@link check}, for messages of some schema. */
export type Check = <N extends MessageName>(name: N, value: unknown, options?: CheckOptions) => Messages[N];

/**
 * Checks that parsed JSON is a message and brings it to normal form: unknown, null and blank fields
 * dropped, names in camelCase, enums by name, bytes in base64, times in UTC (spec 5.5 to 5.7).
 * The input is never changed; when it is in normal form already, it is itself the result.
 *
 * @throws A2AError with all violations (16 at most): `reason`, or else INVALID_PARAMS in mode "request" and
 * INVALID_AGENT_RESPONSE otherwise.
 */
export function check<N extends MessageName>(
  name: N,
  value: unknown,
  options: CheckOptions = {},
): Messages[N] {
  return checked(shapeOf, name, value, options);
}

/** Checks messages of a schema that has more fields than that of 1.0; it is arranged when it is first needed. */
export function checker(schema: Schema): Check {
  let shapes: ShapeOf | undefined;
  return (name, value, options = {}) => {
    shapes ??= shapesOf(schema);
    return checked(shapes, name, value, options);
  };
}

/** @throws A2AError as {@link check} */
function checked<N extends MessageName>(
  shapes: ShapeOf,
  name: N,
  value: unknown,
  options: CheckOptions,
): Messages[N] {
  const result = readBy(shapes, name, value, options);
  if (result.ok) return result.value;
  const { violations } = result;
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  throw new A2AError(
    options.reason ??
      ((options.mode ?? "request") === "request" ? "INVALID_PARAMS" : "INVALID_AGENT_RESPONSE"),
    `${first?.field || name}: ${first?.description}${more}`,
    { violations },
  );
}

/** Like {@link check}, for callers that want the violations rather than an error. */
export function tryCheck<N extends MessageName>(
  name: N,
  value: unknown,
  options: CheckOptions = {},
): CheckResult<Messages[N]> {
  return readBy(shapeOf, name, value, options);
}

function readBy<N extends MessageName>(
  shapes: ShapeOf,
  name: N,
  value: unknown,
  { mode = "request", maxDepth = 100 }: CheckOptions,
): CheckResult<Messages[N]> {
  const reader = new Reader(mode, maxDepth);
  const message: unknown = readMessage(reader, shapes(name), value);
  return reader.violations.length === 0
    ? { ok: true, value: message as Messages[N] }
    : { ok: false, violations: reader.violations };
}
