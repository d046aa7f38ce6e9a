/** A service as both sides know it: names, paths, and bytes for messages. */
import { Buffer } from "node:buffer";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { operations } from "../../protocol/index.js";
import { type GrpcMethod, type GrpcWire, serviceOf } from "./wire.js";

/**
 * Initial metadata of a stream: the journal sequence of its first event; each further event is one more
 * (docs/extensions/stream-resumption.md).
 */
export const sequenceKey = "a2a-sequence";

/** The HTTP/2 path of a method. */
export function pathOf(wire: GrpcWire, { name }: GrpcMethod): string {
  return `/${serviceOf(wire)}/${name}`;
}

/** The same bytes as the Buffer that grpc-js wants. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Handlers get and give bytes: what is wrong with them becomes an error of the protocol, not one of grpc-js. */
export function definitionOf(wire: GrpcWire): ServiceDefinition {
  return Object.fromEntries(
    wire.methods.map((method) => [
      method.name,
      {
        path: pathOf(wire, method),
        originalName: method.name,
        requestStream: false,
        responseStream: operations[method.operation].streaming,
        requestSerialize: toBuffer,
        requestDeserialize: asIs,
        responseSerialize: toBuffer,
        responseDeserialize: asIs,
      },
    ]),
  );
}
