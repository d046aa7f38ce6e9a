/** Calls to agents that speak 1.1: those of 1.0, with fields more and the version's own number. */
import { httpJsonClient } from "../../bindings/http-json/client.js";
import { jsonrpcClient } from "../../bindings/jsonrpc/client.js";
import { overHttp } from "../../client/http-transport.js";
import type { OutgoingCall, TransportProvider } from "../../client/transport.js";

export const serviceHeaders = (headers: OutgoingCall["headers"]): OutgoingCall["headers"] => ({
  ...headers,
  "a2a-version": "1.1",
});

export const clientTransports: readonly TransportProvider[] = [
  overHttp("JSONRPC", jsonrpcClient, serviceHeaders),
  overHttp("HTTP+JSON", httpJsonClient, serviceHeaders),
];
