/** The schema as `google.protobuf.FileDescriptorProto`s, for tools that ask a server what it speaks. */
import type { Buffer } from "node:buffer";
import { protobuf, type Schema } from "../../codec/protobuf/index.js";
import {
  type EnumSchema,
  type Field,
  type MessageSchema,
  operations,
  protoName,
} from "../../protocol/index.js";
import { list, map, message, one, oneof, optional } from "../../protocol/schema/field.js";
import { toBuffer } from "./service.js";
import type { GrpcMethod, GrpcWire } from "./wire.js";

/** google/protobuf/descriptor.proto, as far as it is needed. */
const descriptor = protobuf({
  messages: {
    FileDescriptorProto: message("", {
      name: one(1, "string", ""),
      package: one(2, "string", ""),
      dependency: list(3, "string", ""),
      messageType: list(4, "DescriptorProto", ""),
      enumType: list(5, "EnumDescriptorProto", ""),
      service: list(6, "ServiceDescriptorProto", ""),
      syntax: one(12, "string", ""),
    }),
    DescriptorProto: message("", {
      name: one(1, "string", ""),
      field: list(2, "FieldDescriptorProto", ""),
      nestedType: list(3, "DescriptorProto", ""),
      options: one(7, "MessageOptions", ""),
      oneofDecl: list(8, "OneofDescriptorProto", ""),
    }),
    FieldDescriptorProto: message("", {
      name: one(1, "string", ""),
      number: one(3, "int32", ""),
      label: one(4, "int32", ""),
      type: one(5, "int32", ""),
      typeName: one(6, "string", ""),
      oneofIndex: one(9, "int32", "", optional),
      jsonName: one(10, "string", ""),
      proto3Optional: one(17, "bool", ""),
    }),
    OneofDescriptorProto: message("", { name: one(1, "string", "") }),
    MessageOptions: message("", { mapEntry: one(7, "bool", "") }),
    EnumDescriptorProto: message("", {
      name: one(1, "string", ""),
      value: list(2, "EnumValueDescriptorProto", ""),
    }),
    EnumValueDescriptorProto: message("", {
      name: one(1, "string", ""),
      number: one(2, "int32", "", optional),
    }),
    ServiceDescriptorProto: message("", {
      name: one(1, "string", ""),
      method: list(2, "MethodDescriptorProto", ""),
    }),
    MethodDescriptorProto: message("", {
      name: one(1, "string", ""),
      inputType: one(2, "string", ""),
      outputType: one(3, "string", ""),
      serverStreaming: one(6, "bool", ""),
    }),
  },
});

/** The types of google.protobuf that A2A's messages are made of, one file each. */
const wellKnown: Readonly<Record<string, Schema>> = {
  struct: {
    messages: {
      Struct: message("", { fields: map(1, "Value", "") }),
      Value: message(
        "",
        oneof("kind", {
          nullValue: one(1, "NullValue", ""),
          numberValue: one(2, "double", ""),
          stringValue: one(3, "string", ""),
          boolValue: one(4, "bool", ""),
          structValue: one(5, "Struct", ""),
          listValue: one(6, "ListValue", ""),
        }),
      ),
      ListValue: message("", { values: list(1, "Value", "") }),
    },
    enums: { NullValue: { doc: "", values: { NULL_VALUE: { number: 0, doc: "" } } } },
  },
  timestamp: {
    messages: { Timestamp: message("", { seconds: one(1, "int64", ""), nanos: one(2, "int32", "") }) },
  },
  empty: { messages: { Empty: message("", {}) } },
};

const scalars: Readonly<Record<string, number>> = {
  double: 1,
  int64: 3,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
};
const [messageType, enumType] = [11, 14];
const [optionalLabel, repeatedLabel] = [1, 3];
const named: Readonly<Record<string, string>> = { struct: "Struct", value: "Value", timestamp: "Timestamp" };

/** The packages of these services, and the files they import. */
export function fileDescriptors(wires: readonly GrpcWire[]): Buffer[] {
  const imports = Object.entries(wellKnown).map(([file, schema]) =>
    encodeFile({ name: `google/protobuf/${file}.proto`, ...fileOf("google.protobuf", schema) }),
  );
  return [...imports, ...wires.map(serviceFile)];
}

function serviceFile(wire: GrpcWire): Buffer {
  return encodeFile({
    name: `${wire.package.replaceAll(".", "/")}/a2a.proto`,
    dependency: Object.keys(wellKnown).map((file) => `google/protobuf/${file}.proto`),
    service: [{ name: "A2AService", method: wire.methods.map((method) => methodOf(wire, method)) }],
    ...fileOf(wire.package, wire.schema),
  });
}

function encodeFile(file: object): Buffer {
  return toBuffer(descriptor.encode("FileDescriptorProto", file));
}

function fileOf(name: string, { messages, enums = {} }: Schema): object {
  return {
    package: name,
    syntax: "proto3",
    messageType: Object.entries(messages).map(([each, schema]) => messageOf(name, each, schema, enums)),
    enumType: Object.entries(enums).map(([each, { values }]) => ({
      name: each,
      value: Object.entries(values).map(([value, { number }]) => ({ name: value, number })),
    })),
  };
}

function methodOf(wire: GrpcWire, { name, operation, request, response }: GrpcMethod): object {
  const outputType = response === "Empty" ? ".google.protobuf.Empty" : `.${wire.package}.${response}`;
  const serverStreaming = operations[operation].streaming;
  return { name, inputType: `.${wire.package}.${request}`, outputType, serverStreaming };
}

type Enums = Readonly<Record<string, EnumSchema>>;

function messageOf(scope: string, name: string, { fields }: MessageSchema, enums: Enums): object {
  const entries = Object.entries(fields);
  const groups = new Set(entries.flatMap(([, { oneof }]) => oneof ?? []));
  const lone = entries.flatMap(([key, field]) => (field.optional ? `_${protoName(key)}` : []));
  const oneofs = [...groups, ...lone];
  return {
    name,
    field: entries.map(([key, field]) => {
      const entry = `.${scope}.${name}.${entryName(key)}`;
      const group = field.oneof ?? (field.optional ? `_${protoName(key)}` : undefined);
      return {
        name: field.protoName ?? protoName(key),
        jsonName: key,
        number: field.number,
        label: field.list || field.map ? repeatedLabel : optionalLabel,
        ...(field.map ? { type: messageType, typeName: entry } : typeOf(scope, field, enums)),
        ...(group !== undefined && { oneofIndex: oneofs.indexOf(group) }),
        proto3Optional: field.optional,
      };
    }),
    nestedType: entries
      .filter(([, field]) => field.map)
      .map(([key, field]) => ({
        name: entryName(key),
        options: { mapEntry: true },
        field: [
          { name: "key", jsonName: "key", number: 1, label: optionalLabel, type: scalars.string },
          {
            name: "value",
            jsonName: "value",
            number: 2,
            label: optionalLabel,
            ...typeOf(scope, field, enums),
          },
        ],
      })),
    oneofDecl: oneofs.map((oneof) => ({ name: oneof })),
  };
}

function typeOf(scope: string, { type }: Field, enums: Enums): object {
  if (type in scalars) return { type: scalars[type] };
  if (type in named) return { type: messageType, typeName: `.google.protobuf.${named[type]}` };
  return { type: type in enums ? enumType : messageType, typeName: `.${scope}.${type}` };
}

/** The name a proto compiler gives the entries of a map. */
function entryName(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1)}Entry`;
}
