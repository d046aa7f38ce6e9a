/**
 * Dispatch: the one layer between bindings and engine. Authentication, version, extensions, capabilities,
 * request checks, tenant and ownership, content types and interceptors happen here, once, for every binding.
 */
export type * from "./contract.js";
export { createDispatcher, type DispatchOptions } from "./dispatch.js";
export type { Intercepted, Interceptor } from "./interceptors.js";
export type { Idempotency } from "./send-key.js";
