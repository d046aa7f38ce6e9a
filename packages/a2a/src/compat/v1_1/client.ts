/** Calls to agents that speak 1.1: those of 1.0, with fields more and the version's own number. */
import { httpJsonClient } from "../../bindings/http-json/client.js";
import { jsonrpcClient } from "../../bindings/jsonrpc/client.js";
import type { OutgoingCall } from "../../client/transport.js";
import type { HttpClients } from "../../client/version.js";

export const clients: HttpClients = { JSONRPC: jsonrpcClient, "HTTP+JSON": httpJsonClient };

export const serviceHeaders = (headers: OutgoingCall["headers"]): OutgoingCall["headers"] => ({
  ...headers,
  "a2a-version": "1.1",
});
