/**
 * Other versions of A2A, older ones and the draft of the next, each a translator between its wire and the messages of
 * 1.0. Applications hand them to `createServer`, `serve` or `connect` as `versions`; nothing in the SDK imports this
 * room. It calls the bindings, both sides of them, and, through its contract, the dispatcher; the client does its I/O.
 */
export type { Version } from "../bindings/version.js";
export type { ClientVersion } from "../client/version.js";
export { v0_1 } from "./v0_1/index.js";
export { v0_3 } from "./v0_3/index.js";
export {
  type Client1_1,
  connect1_1,
  type ListTasksResponse1_1,
  type ResponseStream1_1,
  type Sendable1_1,
  type SendMessageResponse1_1,
  type SendOptions1_1,
  type StreamResponse1_1,
  type Task1_1,
} from "./v1_1/connect.js";
export { draft1_1 } from "./v1_1/index.js";
