/** gRPC, the server's side: a handler for each row of the operations table. */
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { decode, encode, WireError } from "../../codec/protobuf/index.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import type { Log } from "../../ports/index.js";
import { A2AError, type Operation, operations } from "../../protocol/index.js";
import { exposed } from "../response.js";
import { GrpcCall, UnaryGrpcCall } from "./call.js";
import { definition, toBuffer } from "./service.js";
import { detailsKey, toStatus } from "./status.js";
import { type Batch, GrpcStream } from "./stream.js";

/** What `Server.addService` of grpc-js takes. */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** `lf.a2a.v1.A2AService` over a dispatcher. Its server needs {@link batching} among its interceptors. */
export function grpcService(dispatcher: Dispatcher, log: Log): GrpcService {
  const handlers = Object.values<Operation>(operations).map((operation) => [
    operation.name,
    operation.streaming ? streaming(dispatcher, operation, log) : unary(dispatcher, operation, log),
  ]);
  return { definition, implementation: Object.fromEntries(handlers) };
}

function unary(
  dispatcher: Dispatcher,
  operation: Operation,
  log: Log,
): handleUnaryCall<Uint8Array, Uint8Array> {
  return async (call, respond) => {
    const asked = new UnaryGrpcCall(call);
    try {
      const request = readRequest(operation, call.request);
      const reply = await dispatcher.unary(operation.name, request, asked);
      asked.answered();
      if (call.cancelled) return;
      const bytes = toBytes(operation, reply.json);
      if (reply.extensions.length > 0) call.sendMetadata(extensionsMetadata(reply.extensions));
      respond(null, bytes);
    } catch (thrown) {
      respond(serverStatus(exposed(thrown, log)));
    }
  };
}

function streaming(
  dispatcher: Dispatcher,
  operation: Operation,
  log: Log,
): handleServerStreamingCall<Uint8Array, Batch> {
  return async (call) => {
    try {
      const request = readRequest(operation, call.request);
      const asked = new GrpcCall(call.metadata);
      const events = await dispatcher.stream(operation.name, request, asked);
      new GrpcStream(call, events, {
        cursor: operation.name === "SubscribeToTask" ? asked.lastEventId : undefined,
        metadata: () => extensionsMetadata(events.extensions),
        encode: (json) => toBytes(operation, json),
        status: (error) => serverStatus(exposed(error, log)),
      }).start();
    } catch (thrown) {
      call.emit("error", serverStatus(exposed(thrown, log)));
    }
  };
}

/**
 * A page size of 0 is the usual one, as it is in APIs of protobuf: Go's client writes it for none.
 * @throws A2AError PARSE_ERROR
 */
function readRequest({ request }: Operation, bytes: Uint8Array): unknown {
  try {
    const { pageSize, ...message } = decode(request, bytes);
    return pageSize === undefined || pageSize === 0 ? message : { ...message, pageSize };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new A2AError("PARSE_ERROR", `The bytes are not a ${request}: ${error.message}`);
  }
}

const nothing = new Uint8Array();

function toBytes({ response }: Operation, json: string): Uint8Array {
  return response === "Empty" ? nothing : encode(response, JSON.parse(json));
}

function extensionsMetadata(extensions: readonly string[]): Metadata {
  const metadata = new Metadata();
  if (extensions.length > 0) metadata.set("a2a-extensions", extensions.join(", "));
  return metadata;
}

function serverStatus(error: A2AError) {
  const { code, message, details } = toStatus(error);
  const metadata = new Metadata();
  metadata.set(detailsKey, toBuffer(details));
  if (error.challenge !== undefined) metadata.set("www-authenticate", error.challenge);
  return { code, details: message, metadata };
}
