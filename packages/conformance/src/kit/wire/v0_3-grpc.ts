/** A2A 0.3 over gRPC: the service of package `a2a.v1` (0.3, 3.2.2 and a2a.proto). */
import { v0_3 } from "@parley/a2a/compat";
import { protobuf } from "@parley/a2a/protobuf";
import { type GrpcCall, GrpcChannel, type GrpcMethod } from "./grpc-channel.js";
import type { Line } from "./line.js";
import type { OldAnswer, OldStream, OldWire } from "./old.js";
import { protoParams, type V0_3Method, v0_3Headers } from "./v0_3.js";

const { schema, methods, package: name } = v0_3.grpc;
const codec = protobuf(schema);

interface Ids {
  readonly id?: string;
  readonly historyLength?: number;
}

interface Config {
  readonly taskId?: string;
  readonly pushNotificationConfig?: { readonly id?: string };
  readonly pushNotificationConfigId?: string;
}

const task = ({ id = "", historyLength }: Ids) => ({ name: `tasks/${id}`, historyLength });
const asked = (params: object) => params;

/** Name of the method, and its request made of the params of JSON-RPC. */
const calls = {
  "message/send": ["SendMessage", asked],
  "message/stream": ["SendStreamingMessage", asked],
  "tasks/get": ["GetTask", task],
  "tasks/cancel": ["CancelTask", ({ id = "" }: Ids) => ({ name: `tasks/${id}` })],
  "tasks/resubscribe": ["TaskSubscription", ({ id = "" }: Ids) => ({ name: `tasks/${id}` })],
  "tasks/pushNotificationConfig/set": [
    "CreateTaskPushNotificationConfig",
    ({ taskId = "", pushNotificationConfig = {} }: Config) => {
      const { id = "" } = pushNotificationConfig;
      const name = `tasks/${taskId}/pushNotificationConfigs/${id}`;
      return { parent: `tasks/${taskId}`, configId: id, config: { name, pushNotificationConfig } };
    },
  ],
  "tasks/pushNotificationConfig/get": [
    "GetTaskPushNotificationConfig",
    ({ id = "", pushNotificationConfigId = "" }: Ids & Config) => ({
      name: `tasks/${id}/pushNotificationConfigs/${pushNotificationConfigId}`,
    }),
  ],
} as const satisfies Record<string, readonly [string, (params: never) => object]>;

export class V0_3Grpc implements OldWire<keyof typeof calls> {
  readonly binding = "GRPC";
  readonly #channel: GrpcChannel;

  constructor(
    readonly line: Line,
    readonly url: string,
  ) {
    this.#channel = new GrpcChannel(line, url);
  }

  /** What is not on the wire is false, and false would wait for nothing. */
  params(text: string): object {
    return { ...protoParams(text), configuration: { blocking: true } };
  }

  send(text: string): Promise<OldAnswer> {
    return this.call("message/send", this.params(text));
  }

  call(method: keyof typeof calls, params: object): Promise<OldAnswer> {
    return this.#channel.answer(this.#start(method, params));
  }

  async stream(method: V0_3Method, params: object): Promise<OldStream> {
    const { exchange, events, ended } = this.#start(method, params);
    await events.until(() => events.ended !== undefined, this.line.patience);
    events.close();
    return { exchange, events, error: ended.error !== undefined };
  }

  close(): void {
    this.#channel.close();
  }

  #start(method: keyof typeof calls, params: object): GrpcCall {
    const [name, request]: readonly [string, (params: never) => object] = calls[method];
    const headers = { ...this.line.headers, ...v0_3Headers(this.line) };
    return this.#channel.start(methodNamed(name), request(params as never), headers);
  }
}

function methodNamed(called: string): GrpcMethod {
  const { request, response } = methods.find(({ name }) => name === called) ?? {};
  if (request === undefined || response === undefined) throw new TypeError(`0.3 has no method ${called}`);
  return {
    service: `${name}.A2AService`,
    name: called,
    encode: (message) => codec.encode(request, message),
    decode: (bytes) => codec.decode(response, bytes),
  };
}
