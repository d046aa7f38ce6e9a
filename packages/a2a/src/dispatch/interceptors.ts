/** Functions around every operation: rate limits, audit, metrics. */
import type { Principal } from "../auth/index.js";
import type { OperationName, OperationTypes } from "../protocol/index.js";
import type { Call, EventStream, Reply } from "./contract.js";

/** A call as an interceptor sees it: checked, authenticated, about to run. */
export interface Intercepted {
  readonly operation: OperationName;
  readonly request: OperationTypes[OperationName]["request"];
  readonly principal: Principal | undefined;
  readonly tenant: string | undefined;
  readonly call: Call;
}

/** Runs around every operation. It may refuse by throwing an A2AError, or watch what `next` gives. */
export type Interceptor = (
  intercepted: Intercepted,
  next: () => Promise<Reply | EventStream>,
) => Promise<Reply | EventStream>;

/** Runs a verb inside the interceptors, the first outermost. */
export async function intercept(
  interceptors: readonly Interceptor[],
  intercepted: Intercepted,
  verb: () => Promise<Reply | EventStream>,
): Promise<Reply | EventStream> {
  let made: Reply | EventStream | undefined;
  const innermost = async () => {
    const answer = await verb();
    made = answer;
    return answer;
  };
  const chain = interceptors.reduceRight<() => Promise<Reply | EventStream>>(
    (next, interceptor) => () => interceptor(intercepted, next),
    innermost,
  );
  try {
    return await chain();
  } catch (error) {
    // Refused after all: a stream that nobody will read must not keep its task in memory.
    if (made && "cancel" in made) made.cancel();
    throw error;
  }
}
