/**
 * The floor over gRPC: what bare @grpc/grpc-js costs for the same bytes. Messages are read and written by the codec
 * that Parley has too, so what is measured above it is everything else.
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  Server,
} from "@grpc/grpc-js";
import { a2a } from "@parley/a2a/protobuf";
import { type Message, sendMessage, streamMessage } from "./floor-tasks.js";

interface SendRequest {
  readonly message: Message;
}

function bytesOf(name: string, message: object): Buffer {
  const { buffer, byteOffset, byteLength } = a2a.encode(name, message);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function method(
  name: string,
  answer: string,
  responseStream: boolean,
): MethodDefinition<SendRequest, object> {
  return {
    path: `/lf.a2a.v1.A2AService/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (request) => bytesOf("SendMessageRequest", request),
    requestDeserialize: (bytes) => ({
      message: a2a.decode("SendMessageRequest", bytes).message as Message & object,
    }),
    responseSerialize: (value) => bytesOf(answer, value),
    responseDeserialize: (bytes) => a2a.decode(answer, bytes),
  };
}

const send: handleUnaryCall<SendRequest, object> = (call, answer) => {
  answer(null, sendMessage(call.request.message));
};

const stream: handleServerStreamingCall<SendRequest, object> = (call) =>
  void streamMessage(call.request.message, {
    event: (event) => call.write(event),
    drained: () => once(call, "drain"),
    end: () => call.end(),
  });

export function grpcServer(): Server {
  const server = new Server();
  const service = {
    SendMessage: method("SendMessage", "SendMessageResponse", false),
    SendStreamingMessage: method("SendStreamingMessage", "StreamResponse", true),
  };
  server.addService(service, { SendMessage: send, SendStreamingMessage: stream });
  return server;
}
