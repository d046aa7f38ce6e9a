/** A call as a binding hands it to the dispatcher, with nothing to say. */
import type { Call } from "../src/dispatch/contract.js";

export const plainCall: Call = {
  binding: "JSONRPC",
  version: "1.0",
  extensions: undefined,
  lastEventId: undefined,
  tenant: undefined,
  header: () => undefined,
  queryParameter: () => undefined,
};
