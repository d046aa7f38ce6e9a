/** A client that is not ours: what @grpc/proto-loader makes of spec/a2a.proto. */
import { readFileSync } from "node:fs";
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import protobuf from "protobufjs";

const source = readFileSync(new URL("../../../../spec/a2a.proto", import.meta.url), "utf8");

const service = loadService();

/** The file's own messages with those of google.protobuf that it imports; annotations do not matter here. */
function loadService(): Record<string, MethodDefinition<object, object>> {
  const { root } = protobuf.parse(source, { keepCase: false });
  for (const name of ["empty", "struct", "timestamp"]) {
    root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
  }
  const options = { enums: String, longs: Number, defaults: false, oneofs: false };
  return fromJSON(root.toJSON(), options)["lf.a2a.v1.A2AService"] as Record<
    string,
    MethodDefinition<object, object>
  >;
}

export const methodNames = Object.keys(service);

export class Peer implements AsyncDisposable {
  readonly client: Client;

  constructor(
    address: string,
    creds: ChannelCredentials = credentials.createInsecure(),
    options: ChannelOptions = {},
  ) {
    this.client = new Client(address, creds, { "grpc.use_local_subchannel_pool": 1, ...options });
  }

  /** @throws ServiceError */
  unary(
    name: string,
    request: object,
    metadata: Record<string, string> = {},
  ): Promise<{ answer: object; head: Metadata }> {
    const method = methodOf(name);
    return new Promise((resolve, reject) => {
      let head = new Metadata();
      this.client
        .makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadataOf(metadata),
          (error, answer) => (error ? reject(error) : resolve({ answer: answer as object, head })),
        )
        .on("metadata", (received) => {
          head = received;
        });
    });
  }

  stream(name: string, request: object, metadata: Record<string, string> = {}): ClientReadableStream<object> {
    const method = methodOf(name);
    return this.client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(metadata),
    );
  }

  /** Everything of a stream: its initial metadata, its messages, and the error it ended with. */
  async all(
    name: string,
    request: object,
    metadata?: Record<string, string>,
  ): Promise<{ head: Metadata | undefined; events: object[]; error: ServiceError | undefined }> {
    const stream = this.stream(name, request, metadata);
    let head: Metadata | undefined;
    stream.on("metadata", (received: Metadata) => {
      head = received;
    });
    const events: object[] = [];
    try {
      for await (const event of stream) events.push(event as object);
      return { head, events, error: undefined };
    } catch (error) {
      return { head, events, error: error as ServiceError };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
  }
}

function methodOf(name: string): MethodDefinition<object, object> {
  const method = service[name];
  if (method === undefined) throw new TypeError(`no method ${name}`);
  return method;
}

export function metadataOf(entries: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries({ "a2a-version": "1.0", ...entries })) metadata.set(key, value);
  return metadata;
}

/** google.rpc.Status and its details, by protobufjs from its own text. */
const rpc = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message BadRequest { message FieldViolation { string field = 1; string description = 2; } repeated FieldViolation field_violations = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
`).root;

export function richStatus(error: ServiceError): {
  code: number;
  message: string;
  details: Record<string, unknown>[];
} {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  const type = rpc.lookupType("Status");
  const status = type.toObject(type.decode(bytes as Buffer)) as {
    code: number;
    message: string;
    details: { typeUrl: string; value: Uint8Array }[];
  };
  const details = status.details.map(({ typeUrl, value }) => {
    const detail = rpc.lookupType(typeUrl.replace("type.googleapis.com/google.rpc.", ""));
    return { "@type": typeUrl, ...detail.toObject(detail.decode(value), { longs: Number }) };
  });
  return { code: status.code, message: status.message, details };
}
