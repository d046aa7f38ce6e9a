/** The standard services beside the agent's: health and reflection, asked by their own clients. */
import { createRequire } from "node:module";
import { create, createFileRegistry, type DescField, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Client, credentials, loadPackageDefinition, type MethodDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { protoPath } from "grpc-health-check";
import { describe, expect, it } from "vitest";
import { fileDescriptors } from "../../src/bindings/grpc/descriptors.js";
import { current, type GrpcWire } from "../../src/bindings/grpc/index.js";
import { v0_3 } from "../../src/compat/index.js";
import { serveGrpc } from "../../src/grpc.js";
import { type MessageName, messages, operations } from "../../src/protocol/index.js";
import { ScriptedDispatcher } from "../bindings/scripted-dispatcher.js";
import { descriptor, protoFile } from "../protocol/proto-file.js";

const older = protoFile("a2a-0.3.proto", "a2a.v1");

const services = ["lf.a2a.v1.A2AService", "a2a.v1.A2AService"];

const online = () =>
  serveGrpc(
    { dispatcher: new ScriptedDispatcher(), open: async () => {}, versions: [v0_3] },
    { health: true, reflection: true },
  );

const resolve = createRequire(import.meta.url).resolve;
const reflectionProto = resolve("@grpc/reflection").replace(
  /src\/index\.js$/,
  "proto/grpc/reflection/v1/reflection.proto",
);

function methodOf(file: string, service: string, name: string): MethodDefinition<object, object> {
  const definitions = loadSync(file, { longs: Number, enums: String, defaults: true, oneofs: true });
  loadPackageDefinition(definitions);
  return (definitions[service] as Record<string, MethodDefinition<object, object>>)[name] as MethodDefinition<
    object,
    object
  >;
}

describe("health", () => {
  it("is SERVING for the server and for A2A's services", async () => {
    const listening = await online();
    const client = new Client(listening.address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = methodOf(
      protoPath,
      "grpc.health.v1.Health",
      "Check",
    );
    for (const service of ["", ...services]) {
      const answer = await new Promise((done, failed) =>
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, value) =>
          error ? failed(error) : done(value),
        ),
      );
      expect(answer).toMatchObject({ status: "SERVING" });
    }
    client.close();
    await listening.close();
  });
});

interface Answer {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto?: readonly Buffer[] };
}

describe("reflection", () => {
  it("names the services and hands out the file that holds one", async () => {
    const listening = await online();
    const client = new Client(listening.address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = methodOf(
      reflectionProto,
      "grpc.reflection.v1.ServerReflection",
      "ServerReflectionInfo",
    );
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    call.write({ listServices: "" });
    call.write({ fileContainingSymbol: "lf.a2a.v1.A2AService" });
    call.end();
    const answers: Answer[] = [];
    for await (const answer of call) answers.push(answer as Answer);
    expect(answers[0]).toMatchObject({
      listServicesResponse: { service: services.map((name) => ({ name })) },
    });
    const { fileDescriptorProto = [] } = answers[1]?.fileDescriptorResponse ?? {};
    const files = fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
    expect(files.toSorted()).toEqual([
      "google/protobuf/empty.proto",
      "google/protobuf/struct.proto",
      "google/protobuf/timestamp.proto",
      "lf/a2a/v1/a2a.proto",
    ]);
    client.close();
    await listening.close();
  });

  const wires = [current, v0_3.grpc as GrpcWire];
  const file = fileDescriptors(wires).map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));

  it.each(Object.keys(messages) as MessageName[])("describes %s as spec/a2a.proto does", (name) => {
    expect(fieldsOf(registry.getMessage(`lf.a2a.v1.${name}`) as DescMessage)).toEqual(
      fieldsOf(descriptor(name)),
    );
  });

  it.each(older.messages)("describes $name of 0.3 as spec/a2a-0.3.proto does", ({ name }) => {
    expect(fieldsOf(registry.getMessage(`a2a.v1.${name}`) as DescMessage)).toEqual(
      fieldsOf(older.descriptor(name)),
    );
  });

  it("describes every method of 0.3", () => {
    const methods = registry.getService("a2a.v1.A2AService")?.methods ?? [];
    const specified = older.methods.map(({ name, requestType, responseType, responseStream }) => [
      name,
      requestType,
      responseType.replace("google.protobuf.", ""),
      responseStream ? "server_streaming" : "unary",
    ]);
    expect(
      methods
        .map(({ name, input, output, methodKind }) => [name, input.name, output.name, methodKind])
        .sort(),
    ).toEqual(specified.sort());
  });

  it("describes every operation", () => {
    const methods = registry.getService("lf.a2a.v1.A2AService")?.methods ?? [];
    expect(
      methods.map(({ name, input, output, methodKind }) => [name, input.name, output.name, methodKind]),
    ).toEqual(
      Object.values(operations).map(({ name, request, response, streaming }) => [
        name,
        request,
        response,
        streaming ? "server_streaming" : "unary",
      ]),
    );
  });
});

const fieldsOf = ({ fields }: DescMessage) =>
  fields
    .map((field: DescField) => ({
      name: field.name,
      json: field.jsonName,
      number: field.number,
      kind: field.fieldKind,
      presence: field.presence,
      oneof: field.oneof?.name,
      type: field.message?.typeName ?? field.enum?.typeName ?? ("scalar" in field ? field.scalar : undefined),
    }))
    .toSorted((a, b) => a.number - b.number);
