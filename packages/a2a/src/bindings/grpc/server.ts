/** gRPC, the server's side: a handler for each method of a service. */
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { type Protobuf, protobuf, WireError } from "../../codec/protobuf/index.js";
import type { Dispatcher } from "../../dispatch/contract.js";
import type { Log } from "../../ports/index.js";
import { A2AError, askedVersion, operations } from "../../protocol/index.js";
import { exposed } from "../response.js";
import { GrpcCall, UnaryGrpcCall } from "./call.js";
import { definitionOf, toBuffer } from "./service.js";
import { detailsKey, toStatus } from "./status.js";
import { type Batch, GrpcStream } from "./stream.js";
import { current, type GrpcMethod, type GrpcWire } from "./wire.js";

/** What `Server.addService` of grpc-js takes. */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** What a handler is made of. */
interface Handling {
  readonly wire: GrpcWire;
  /** Of the wire's messages. */
  readonly codec: Protobuf;
  readonly method: GrpcMethod;
  readonly dispatcher: Dispatcher;
  readonly log: Log;
}

/** A version that is spoken at the service of another one, with those who ask for it. */
export interface AskedWire {
  readonly names: readonly string[];
  readonly wire: GrpcWire;
  readonly dispatcher: Dispatcher;
}

type HandlingOf = (metadata: Metadata) => Handling;

/**
 * A version's service over a dispatcher that takes and gives its messages: `lf.a2a.v1.A2AService` if none is told. Its
 * server needs {@link batching} among its interceptors.
 */
export function grpcService(
  dispatcher: Dispatcher,
  log: Log,
  wire: GrpcWire = current,
  asked: readonly AskedWire[] = [],
): GrpcService {
  const handlers = wire.methods.map((method) => {
    const own = { wire, codec: protobuf(wire.schema), method, dispatcher, log };
    const others = new Map<string | undefined, Handling>(
      asked.flatMap(({ names, ...other }) => {
        const handling = { ...own, ...other, codec: protobuf(other.wire.schema) };
        return names.map((name) => [name, handling] as const);
      }),
    );
    const handlingOf: HandlingOf = (metadata) =>
      others.size === 0 ? own : (others.get(askedVersion(new GrpcCall(metadata).version)) ?? own);
    return [method.name, operations[method.operation].streaming ? streaming(handlingOf) : unary(handlingOf)];
  });
  return { definition: definitionOf(wire), implementation: Object.fromEntries(handlers) };
}

function unary(handlingOf: HandlingOf): handleUnaryCall<Uint8Array, Uint8Array> {
  return async (call, respond) => {
    const handling = handlingOf(call.metadata);
    const { wire, method, dispatcher, log } = handling;
    const asked = new UnaryGrpcCall(call);
    try {
      const request = readRequest(handling, call.request);
      const reply = await dispatcher.unary(method.operation, request, asked);
      asked.answered();
      if (call.cancelled) return;
      const bytes = toBytes(handling, reply.json);
      if (reply.extensions.length > 0) call.sendMetadata(extensionsMetadata(wire, reply.extensions));
      respond(null, bytes);
    } catch (thrown) {
      respond(serverStatus(wire, exposed(thrown, log)));
    }
  };
}

function streaming(handlingOf: HandlingOf): handleServerStreamingCall<Uint8Array, Batch> {
  return async (call) => {
    const handling = handlingOf(call.metadata);
    const { wire, method, dispatcher, log } = handling;
    try {
      const request = readRequest(handling, call.request);
      const asked = new GrpcCall(call.metadata);
      const events = await dispatcher.stream(method.operation, request, asked);
      new GrpcStream(call, events, {
        cursor: method.operation === "SubscribeToTask" ? asked.lastEventId : undefined,
        metadata: () => extensionsMetadata(wire, events.extensions),
        encode: (json) => toBytes(handling, json),
        status: (error) => serverStatus(wire, exposed(error, log)),
      }).start();
    } catch (thrown) {
      call.emit("error", serverStatus(wire, exposed(thrown, log)));
    }
  };
}

/**
 * A page size of 0 is the usual one, as it is in APIs of protobuf: Go's client writes it for none.
 * @throws A2AError PARSE_ERROR
 */
function readRequest({ codec, method }: Handling, bytes: Uint8Array): unknown {
  try {
    const { pageSize, ...message } = codec.decode(method.request, bytes);
    return pageSize === undefined || pageSize === 0 ? message : { ...message, pageSize };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new A2AError("PARSE_ERROR", `The bytes are not a ${method.request}: ${error.message}`);
  }
}

const nothing = new Uint8Array();

function toBytes({ codec, method }: Handling, json: string): Uint8Array {
  return method.response === "Empty" ? nothing : codec.encode(method.response, JSON.parse(json));
}

function extensionsMetadata({ extensionsKey }: GrpcWire, extensions: readonly string[]): Metadata {
  const metadata = new Metadata();
  if (extensions.length > 0) metadata.set(extensionsKey, extensions.join(", "));
  return metadata;
}

function serverStatus({ codes }: GrpcWire, error: A2AError) {
  const { code, message, details } = toStatus(error, codes);
  const metadata = new Metadata();
  metadata.set(detailsKey, toBuffer(details));
  if (error.challenge !== undefined) metadata.set("www-authenticate", error.challenge);
  return { code, details: message, metadata };
}
