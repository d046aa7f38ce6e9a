/** The call of an older version as dispatch is to see it: one of 1.0. */
import type { Call } from "../dispatch/contract.js";
import { protocolVersion } from "../protocol/index.js";

/** What an older version says otherwise, or besides. */
type Differences = Pick<Call, "older" | "taskName" | "numbered"> & {
  readonly extensions?: string | undefined;
};

export function currentCall(call: Call, { older, taskName, numbered, extensions }: Differences): Call {
  const { binding, lastEventId, tenant } = call;
  return {
    binding,
    lastEventId,
    tenant,
    version: protocolVersion,
    extensions: extensions ?? call.extensions,
    older,
    taskName,
    numbered,
    header: (name) => call.header(name),
    queryParameter: (name) => call.queryParameter(name),
    onGivenUp: (act) => call.onGivenUp?.(act),
  };
}
