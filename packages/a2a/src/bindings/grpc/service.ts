/** The service as both sides know it: names, paths, and bytes for messages. */
import { Buffer } from "node:buffer";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { type Operation, operations } from "../../protocol/index.js";

export const serviceName = "lf.a2a.v1.A2AService";

/**
 * Initial metadata of a stream: the journal sequence of its first event; each further event is one more
 * (docs/extensions/stream-resumption.md).
 */
export const sequenceKey = "a2a-sequence";

/** The HTTP/2 path of an operation. */
export function pathOf({ name }: Operation): string {
  return `/${serviceName}/${name}`;
}

/** The same bytes as the Buffer that grpc-js wants. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Handlers get and give bytes: what is wrong with them becomes an error of the protocol, not one of grpc-js. */
export const definition: ServiceDefinition = Object.fromEntries(
  Object.values<Operation>(operations).map((operation) => [
    operation.name,
    {
      path: pathOf(operation),
      originalName: operation.name,
      requestStream: false,
      responseStream: operation.streaming,
      requestSerialize: toBuffer,
      requestDeserialize: asIs,
      responseSerialize: toBuffer,
      responseDeserialize: asIs,
    },
  ]),
);
